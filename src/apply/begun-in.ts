import type { AccountHistory, Begun } from '../model.ts';

/** Whose change was begun and is not known to be whole: what is left of them may be a login without a role. */
export function begunIn({ openIntents, owed, halfway }: AccountHistory): readonly Begun[] {
  const changes = [
    ...openIntents.map(({ change }) => change),
    ...[...owed.values()].map(({ change }) => change).filter(({ principal }) => halfway.has(principal)),
  ];
  const begun = new Map<string, Begun>();
  for (const { principal_id: id, action } of changes) {
    if (id !== null) begun.set(id, { principalId: id, isDelete: action === 'delete' });
  }
  return [...begun.values()];
}
