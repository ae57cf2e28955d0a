/** `1 person`, `214 people`, `1,000 changes`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** With commas between thousands, the same in every locale. */
export function formatNumber(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** The first `most` items, and how many more there are. */
export function listSome(items: readonly string[], most: number): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(', ')}, and ${formatNumber(more)} more` : items.join(', ');
}
