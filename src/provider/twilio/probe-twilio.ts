import type { Probe, ProbedAbility } from '../../model.ts';
import type { Answer } from '../vendor-client.ts';
import { placeOf, type Surface } from './open-twilio-organization.ts';
import { NO_CREDENTIAL, wrongAccount } from './read-twilio-account.ts';
import type { TwilioAccount } from './twilio-account.ts';

const PROBING_LASTS_MS = 10_000;
const NEVER_TRIED = 'it would change something';

/** What an account's credentials open, each list asked for once and the vendor's words passed on. Nothing is sent that changes anything. */
export async function probeTwilio(account: TwilioAccount): Promise<Probe> {
  const { organization, client, scope, own, clock } = account;
  const token = await organization.credential.token();
  if (token.kind !== 'token') {
    return { credential: token.kind === 'credentials' ? 'refused' : 'unknown', words: token.message, abilities: [], otherApi: null };
  }
  const untilMs = clock.now() + PROBING_LASTS_MS;
  const at = (surface: Surface, query: string) => peekAtEither(account, surface, query, untilMs);
  const abilities: ProbedAbility[] = [
    told('list people', await at('users', '')),
    untried('create, change and deactivate people'),
    told('list roles', await client.iam.peek('/v2/Organizations/Roles?PageSize=1', untilMs)),
    told('list role assignments', await at('assignments', `?Scope=${scope}&PageSize=1`)),
    untried('give and take roles'),
    told('list accounts and their owners', await client.previewIam.peek(`/Organizations/${organization.sid}/Accounts?PageSize=1`, untilMs)),
  ];
  const pin = wrongAccount(account);
  if (own === null || pin !== null) {
    const words = own === null ? NO_CREDENTIAL : (pin ?? '');
    for (const what of OWN) abilities.push({ what, answer: own === null ? 'not tried' : 'no', words });
  } else {
    const { iam, api, monitor } = own.client;
    abilities.push(
      told(OWN[0], await iam.peek(`/v1/Keys?AccountSid=${scope}&PageSize=1`, untilMs)),
      told(OWN[1], await api.peek('/2010-04-01/Accounts.json?PageSize=1', untilMs)),
      told(OWN[2], await monitor.peek('/v1/Events?PageSize=1', untilMs)),
    );
  }
  return { credential: 'works', words: 'the OAuth client was given a token', abilities, otherApi: null };
}

const OWN = ['list API keys', 'list subaccounts', 'read events'] as const;

/** A home that is not there, or refuses, is no answer as long as the other one has not been asked. */
async function peekAtEither(account: TwilioAccount, surface: Surface, query: string, untilMs: number): Promise<Answer> {
  const { organization, client } = account;
  const first = placeOf(surface, 'iam', client, organization.sid, true);
  const answer = await first.client.peek(`${first.path}${query}`, untilMs);
  if (answer.kind !== 'absent' && answer.kind !== 'credentials') return answer;
  const second = placeOf(surface, 'preview', client, organization.sid, true);
  const other = await second.client.peek(`${second.path}${query}`, untilMs);
  return other.kind === 'ok' ? other : answer;
}

function told(what: string, answer: Answer): ProbedAbility {
  if (answer.kind === 'ok') return { what, answer: 'yes', words: `the vendor answered ${answer.status}` };
  const isNo = answer.kind === 'credentials' || answer.kind === 'refused' || answer.kind === 'absent';
  return { what, answer: isNo ? 'no' : 'not tried', words: answer.message };
}

function untried(what: string): ProbedAbility {
  return { what, answer: 'not tried', words: NEVER_TRIED };
}
