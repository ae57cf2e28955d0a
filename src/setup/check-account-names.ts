import { visible } from '../text/encode.ts';
import { type Check, checkStates, sayList } from './check-states.ts';

/** The file by which editors propose account names while somebody types. */
export const ACCOUNT_NAMES = 'schemas/account-names.schema.json';

/** Whether editors propose the accounts that there are. `text` is the file's; null where there is none. */
export function checkAccountNames(text: string | null, accounts: readonly string[]): Check {
  const check = checkStates('repository', 'account names');
  if (text === null)
    return check.attention(
      `${ACCOUNT_NAMES} is not there: editors propose no account`,
      'Run `rollcall init .`, which writes what is missing.',
    );
  const listed = namesIn(text);
  if (listed === null) return check.attention(`${ACCOUNT_NAMES} has no list`, REMAKE);
  const missing = accounts.filter((name) => !listed.includes(name)).map((name) => visible(name));
  const gone = listed.filter((name) => !accounts.includes(name)).map((name) => visible(name));
  if (missing.length === 0 && gone.length === 0)
    return check.ok(`editors propose ${accounts.length === 1 ? 'the one there is' : `all ${accounts.length}`}`);
  const differences = [
    ...(missing.length > 0 ? [`${sayList(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`] : []),
    ...(gone.length > 0 ? [`${sayList(gone)} ${gone.length === 1 ? 'is' : 'are'} no account any more`] : []),
  ];
  return check.attention(`in ${ACCOUNT_NAMES}, ${differences.join(', and ')}`, REMAKE);
}

const REMAKE = `Put the names into its \`enum\`, or delete ${ACCOUNT_NAMES} and run \`rollcall init .\`, which writes what is missing.`;

function namesIn(text: string): readonly string[] | null {
  try {
    const { enum: names } = (JSON.parse(text) ?? {}) as { readonly enum?: unknown };
    return Array.isArray(names) ? names.map(String) : null;
  } catch {
    return null;
  }
}
