import { type Check, checkStates, sayList } from './check-states.ts';

/** What is known of one account's credential; `words` were made visible where they were found. */
export interface AccountFacts {
  readonly account: string;
  /** `Telnyx` or `Twilio`. */
  readonly vendor: string;
  readonly credential: 'works' | 'refused' | 'missing' | 'unknown' | 'not needed';
  /** The vendor's words; ours, with the way out, where the vendor was not asked. */
  readonly words: string;
  readonly wasAsked: boolean;
  readonly variables: readonly { readonly name: string; readonly isNeeded: boolean }[];
  /** What a variable looks like, where that is another vendor's key. */
  readonly foreign: { readonly variable: string; readonly vendor: string } | null;
  readonly isOtherApi: boolean;
  /** It works, and may not list who is there. */
  readonly isBlind: boolean;
}

/** Whether an account can be read as its policy has it. */
export function checkAccount(facts: AccountFacts): Check {
  const { account, credential, words, wasAsked, foreign, isOtherApi, isBlind } = facts;
  const check = checkStates('accounts', account);
  const vendorsWords = words === '' ? '' : `: ${words}`;
  if (credential === 'not needed') return check.ok('no credential is needed');
  if (credential === 'works' && isOtherApi) return check.wrong(words, null);
  if (credential === 'works' && isBlind)
    return check.wrong(
      'the credential may not list who is there',
      'Give it that permission in the console, or set a credential that has it.',
    );
  if (credential === 'works') return check.ok(`the credential works${vendorsWords}`);
  const says = `${WORDS[credential]}${vendorsWords}`;
  const other =
    foreign === null ? null : `${foreign.variable} looks like a key of ${foreign.vendor}'s: set it to one of ${facts.vendor}'s.`;
  if (credential === 'unknown') return check.unknown(says, other ?? 'Ask again in some minutes: this says nothing of the credential.');
  return check.wrong(says, other ?? (wasAsked ? renew(facts) : null));
}

const WORDS = {
  refused: 'the credential is refused',
  missing: 'no credential',
  unknown: 'whether the credential works is not known',
} as const;

function renew({ vendor, variables }: AccountFacts): string {
  const names = variables.filter(({ isNeeded }) => isNeeded).map(({ name }) => name);
  return `Make a new key in ${vendor}'s console${names.length === 0 ? '' : `, and set ${sayList(names)} to it`}.`;
}
