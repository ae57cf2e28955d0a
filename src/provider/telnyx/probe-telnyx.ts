import type { Probe, ProbedAbility } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import { type Answer, isRecord, type VendorClient } from '../vendor-client.ts';
import { isList, LOOK_LASTS_MS, LOOKS, otherApiWords, otherOf, type TelnyxApi } from './find-other-api.ts';
import { ONE_AUDIT_EVENT } from './read-telnyx-events.ts';
import { isCount } from './telnyx-api.ts';

const UNTRIED = 'a probe changes nothing';
const BY_HAND = 'Telnyx has no API for it: a person does it in the portal';

/** What else there is to do, and whether an API does it; what changes something is never tried. */
const OTHER_ABILITIES: Readonly<Record<TelnyxApi, readonly ProbedAbility[]>> = {
  'sub-users': [
    { what: 'invite people', answer: 'not tried', words: UNTRIED },
    { what: 'change roles', answer: 'not tried', words: UNTRIED },
    { what: 'delete people', answer: 'not tried', words: UNTRIED },
  ],
  organizations: [
    { what: 'invite people', answer: 'no', words: BY_HAND },
    { what: 'change groups', answer: 'no', words: BY_HAND },
    { what: 'delete people', answer: 'not tried', words: UNTRIED },
  ],
};
const NO_KEYS: ProbedAbility = { what: 'list API keys', answer: 'no', words: 'Telnyx has no API for it: the portal shows them' };

/** Which of Telnyx's two APIs a key answers to, and what it may do there, in at most three requests that change nothing. */
export async function probeTelnyx(client: VendorClient, clock: Clock, account: string, named: TelnyxApi): Promise<Probe> {
  const untilMs = clock.now() + LOOK_LASTS_MS;
  const own = await client.peek(LOOKS[named], untilMs);
  if (own.kind === 'credentials' && own.status === 401) {
    return { credential: 'refused', words: own.message, abilities: [listing(own)], otherApi: null };
  }
  const other = otherOf(named);
  const elsewhere = isList(await client.peek(LOOKS[other], untilMs));
  const events = await client.peek(ONE_AUDIT_EVENT, untilMs);
  const otherApi = elsewhere && !isList(own) ? other : null;
  const abilities = [listing(own), ...OTHER_ABILITIES[named], ability('read audit events', events), NO_KEYS];
  if (otherApi !== null) return { credential: 'works', words: otherApiWords(account, otherApi), abilities, otherApi };
  if (isList(own)) return { credential: 'works', words: `this key answers to \`${named}\``, abilities, otherApi };
  return { credential: own.kind === 'credentials' ? 'refused' : 'unknown', words: wordsOf(own), abilities, otherApi };
}

function listing(answer: Answer): ProbedAbility {
  return ability('list people', answer);
}

function ability(what: string, answer: Answer): ProbedAbility {
  return { what, answer: isList(answer) ? 'yes' : 'no', words: wordsOf(answer) };
}

/** The vendor's own words, which the client made visible, or what its answer came to. */
function wordsOf(answer: Answer): string {
  if (answer.kind !== 'ok') return answer.kind === 'absent' ? 'it is not there (404)' : answer.message;
  if (!isList(answer)) return 'the answer has no list';
  const total = isRecord(answer.json) && isRecord(answer.json['meta']) ? answer.json['meta']['total_results'] : undefined;
  return isCount(total) ? `${total} by the vendor's own count` : 'it answers, and states no total';
}
