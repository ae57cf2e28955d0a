/** One pass over all, so that many accounts with many changes stay linear. */
export function groupByAccount<T extends { readonly account: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.account);
    if (group) group.push(one);
    else groups.set(one.account, [one]);
  }
  return groups;
}
