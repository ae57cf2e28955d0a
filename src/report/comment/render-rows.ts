import type { Change, Digest, Instant, Risk } from '../../model.ts';
import type { Spot } from '../../pull.ts';
import { codeSentence, codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { describeTransition } from '../describe-change.ts';
import { describeReason, marksOf } from '../describe-reason.ts';
import { nameAccount } from '../name-account.ts';
import { linkPlace } from './link-place.ts';

export interface RowInput {
  readonly url: string;
  /** The plan's instant. */
  readonly at: Instant;
  readonly spots: ReadonlyMap<Digest, Spot>;
  /** How many rows may still have a link. */
  readonly links: number;
  /** What is said of a row beside its own marks. */
  readonly note?: (change: Change) => string;
}

/** Changes as a table, in the order given, each with the line of policy that it comes from; nothing when there are none. */
export function renderRows(changes: readonly Change[], input: RowInput): string[] {
  if (changes.length === 0) return [];
  return [
    '| | Change | Who | Account | From → to | Why |',
    '|---|---|---|---|---|---|',
    ...changes.map((change, at) => renderRow(change, input, at < input.links)),
  ];
}

export const LIGHTS = { high: '🔴', medium: '🟡', low: '⚪' } satisfies Record<Risk, string>;

function renderRow(change: Change, { url, at, spots, note }: RowInput, linked: boolean): string {
  const spot = spots.get(change.id);
  const place = spot?.place ?? change.source;
  const marks = marksOf(change, at).map(({ text, alarm }) => (alarm && text !== 'irreversible' ? `**${text}**` : text));
  const why = [describeReason(change), note?.(change) ?? '', ...marks, ...(linked ? grantWords(change, spot) : [])].filter(
    (part) => part !== '',
  );
  if (place !== null) why.push(linkPlace(place, url, linked && spot !== undefined ? spot.commit : null));
  const cells = [
    LIGHTS[change.risk],
    change.action,
    codeSpan(encodePrincipal(change.principal)),
    codeSpan(nameAccount(change.account)),
    codeSentence(describeTransition(change)),
    why.join(' · '),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What the grant itself says: a reviewer decides by its reason and its end. */
function grantWords({ after, tags }: Change, spot: Spot | undefined): string[] {
  if (after === null || spot === undefined || spot.reason === null) return [];
  const end = spot.until !== null ? `until ${spot.until}` : tags.includes('privilege_gained') ? '**no end**' : '';
  return [end, codeSentence(spot.reason)];
}
