import { type Company, HOUR_MS, type Limits } from './open-company.ts';

/**
 * Who can go at this instant, by the limits alone and by the vendor's own books: as many of those who wait, in order, as the hour has left
 * and as there are places among the open ones. Short enough to be right, and no code of rollcall's.
 */
export function whoMayGo(company: Company, waiting: readonly string[], { perHour, open }: Limits): string[] {
  const recent = company.posts.filter((post) => company.now() - post.atMs < HOUR_MS).length;
  return waiting.slice(0, Math.max(0, Math.min(perHour - recent, open - company.who('invited').length)));
}

/** In how many hourly runs everybody is invited when those of one run have accepted before the next. */
export function fewestWindows(people: number, { perHour, open }: Limits): number {
  return Math.ceil(people / Math.min(perHour, open));
}
