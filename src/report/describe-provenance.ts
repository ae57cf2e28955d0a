import type { Backing, Provenance } from '../model.ts';
import { visible } from '../text/encode.ts';
import { listSome } from './count-words.ts';
import { formatInstant } from './format-instant.ts';

const MOST_NAMES = 5;

const BY: Readonly<Record<string, string>> = {
  plan: 'by a reviewed plan file',
  yes: 'approved with --yes',
  terminal: 'approved on the terminal',
  end: 'because a grant ended',
  drift: "by the account's rules on drift",
};

/** Since when somebody holds what they hold, or holds nothing any more, and who stands behind it: `since 2026-11-22 09:05 UTC, by pull request 12, approved by grace`. */
export function describeProvenance(provenance: Provenance, isGone: boolean): string {
  const at = formatInstant(provenance.since);
  const by = describeBacking(provenance);
  switch (provenance.how) {
    case 'applied':
      return `${isGone ? 'deleted' : 'since'} ${at}${by === '' ? '' : `, ${by}`}`;
    case 'already':
      return `${isGone ? `gone since ${at} at the latest, deleted` : `since ${at} at the latest, made`} by a person${by === '' ? '' : `, as agreed ${by}`}`;
    case 'found':
      return isGone ? `gone since ${at} at the latest` : `since ${at} at the latest: rollcall found it there`;
    case 'followed':
      return `${isGone ? 'gone ' : ''}since ${at} at the latest: somebody ${isGone ? 'deleted it' : 'made it so'} in the account, and policy says the same`;
    default:
      return provenance.how satisfies never;
  }
}

/** `by pull request 12, approved by grace`; empty where nobody is known to have asked. */
export function describeBacking({ by, pull, approvedBy }: Backing): string {
  if (pull === null) return by === null ? '' : Object.hasOwn(BY, by) ? (BY[by] ?? '') : `by ${visible(by)}`;
  const names = listSome(
    (approvedBy ?? []).map((login) => visible(login)),
    MOST_NAMES,
  );
  return `by pull request ${pull}${names === '' ? '' : `, approved by ${names}`}`;
}
