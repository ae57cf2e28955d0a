import type { AccountHistory } from '../model.ts';

/** The vendor's ids of people whose change was begun and is not known to be whole: what is left of them may be a login without a role. */
export function begunIn({ openIntents, owed, halfway }: AccountHistory): readonly string[] {
  const changes = [
    ...openIntents.map(({ change }) => change),
    ...[...owed.values()].map(({ change }) => change).filter(({ principal }) => halfway.has(principal)),
  ];
  return [...new Set(changes.flatMap(({ principal_id: id }) => id ?? []))];
}
