/** The steps of many people as one list: a step that differs only in the person is said once, with the person left open. */
export function mergeSteps(given: readonly { readonly principal: string; readonly steps: readonly string[] }[]): string[] {
  const [first] = given;
  if (given.length === 1 && first) return [...first.steps];
  const merged = new Set<string>();
  for (const { principal, steps } of given) {
    for (const step of steps) merged.add(principal === '' ? step : step.replaceAll(principal, 'each of them'));
  }
  return [...merged];
}
