import { groupBy } from '../../group-by.ts';
import type { Day } from '../../model.ts';
import { encodeSentence } from '../../text/encode-sentence.ts';
import { daysBetween } from '../calendar.ts';
import { forbiddenCharacters } from '../decode-text.ts';
import { findSecrets } from '../find-secrets.ts';
import type { Sighting } from './gather-people.ts';
import type { Decision } from './imported.ts';

/** An invitation open for longer is one that nobody waits for any more. */
const INVITED_DAYS = 7;
/** Who stayed away for longer hardly needs what they hold. */
const AWAY_DAYS = 90;
const SIGNED_IN = /^last signed in (\d{4}-\d{2}-\d{2})$/;

/** What somebody has to decide about a person in one account, by what the vendor shows of them. */
export function listDecisions({ live, policy }: Sighting, today: Day): Decision[] {
  const said = (live.remarks ?? []).filter((remark) => {
    const day = SIGNED_IN.exec(remark)?.[1];
    return day === undefined || daysBetween(day, today) > AWAY_DAYS;
  });
  const since = live.status === 'invited' ? (live.since?.slice(0, 10) ?? null) : null;
  const invited = since !== null && daysBetween(since, today) > INVITED_DAYS ? [`invitation open since ${since}`] : [];
  return [...said, ...invited].map((says) => ({ principal: live.principal, account: policy.name, says }));
}

/** Decisions as comments of a policy file, one for each account, which hold nothing that a policy may not hold. */
export function toComments(decisions: readonly Decision[]): string[] {
  const comments = [...groupBy(decisions, ({ account }) => account)].map(([account, own]) => {
    const says = own.map((one) => encodeSentence(one.says)).join('; ');
    return `Decide: ${says}${account === null ? '' : ` (${account})`}.`;
  });
  return comments.filter((comment) => forbiddenCharacters(comment).length === 0 && findSecrets(comment, 1).length === 0);
}
