import { RollcallError } from '../errors.ts';
import type { Api, ProviderName } from '../model.ts';
import { didYouMean, showWord } from '../policy/nearest-word.ts';
import { readApi, readName, readOrganization, readOwner, readProvider, readScope } from './init-words.ts';

/** What is known of an account that is to be watched; null is what has to be found out. */
export interface Draft {
  readonly name: string;
  readonly provider: ProviderName;
  readonly api: Api | null;
  readonly owner: string | null;
  readonly organization: string | null;
  readonly scope: string | null;
}

const FORM = 'Write --add NAME=PROVIDER[/API][,owner=EMAIL][,organization=OR…][,scope=AC…], such as --add telnyx-production=telnyx.';
const FIELDS = { owner: readOwner, organization: readOrganization, scope: readScope } as const;
type Field = keyof typeof FIELDS;

/** What every `--add` says. Throws a usage error at the first that cannot be understood. */
export function readAdds(adds: readonly string[]): Draft[] {
  const drafts = adds.map(readAdd);
  const twice = drafts.find(({ name }, at) => drafts.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw new RollcallError('usage', `--add ${twice.name}: this account is given twice. Give each once.`);
  return drafts;
}

function readAdd(add: string): Draft {
  const at = add.indexOf('=');
  if (at === -1) throw new RollcallError('usage', `--add: there is no = between the account's name and its provider. ${FORM}`);
  const name = within('--add', () => readName(add.slice(0, at)));
  return within(`--add ${name}`, () => {
    const [what = '', ...settings] = add.slice(at + 1).split(',');
    const [providerWord = '', apiWord, ...more] = what.split('/');
    const provider = readProvider(providerWord);
    if (more.length > 0) throw new RollcallError('usage', 'PROVIDER/API has one slash.');
    const api = apiWord === undefined ? null : readApi(provider, apiWord);
    const draft = { name, provider, api, ...readSettings(settings) };
    refuseContradiction(draft);
    return draft;
  });
}

function readSettings(settings: readonly string[]): Pick<Draft, Field> {
  const read: Record<Field, string | null> = { owner: null, organization: null, scope: null };
  for (const setting of settings) {
    const [key = '', ...value] = setting.split('=');
    const field = fieldOf(key);
    if (read[field] !== null) throw new RollcallError('usage', `${field} is given twice.`);
    read[field] = FIELDS[field](value.join('='));
  }
  return read;
}

function fieldOf(key: string): Field {
  if (key === 'owner' || key === 'organization' || key === 'scope') return key;
  const word = showWord(key);
  throw new RollcallError(
    'usage',
    `${word ?? 'a setting'} is not known. Known: ${Object.keys(FIELDS).join(', ')}.${word === null ? '' : didYouMean(key, Object.keys(FIELDS))} A key of the vendor's is read from the environment and never given here.`,
  );
}

function refuseContradiction({ provider, api, organization, scope }: Draft): void {
  if (provider === 'telnyx' && (organization !== null || scope !== null)) {
    throw new RollcallError('usage', 'organization and scope are of Twilio; a Telnyx account is named by its key.');
  }
  if (api === 'console' && organization !== null) {
    throw new RollcallError(
      'usage',
      'twilio/console is for an account outside any organization. Leave organization out, or write twilio/organization.',
    );
  }
}

/** The same error, saying which `--add` it is about. */
function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    throw new RollcallError('usage', `${place}: ${error.message}${place === '--add' ? ` ${FORM}` : ''}`);
  }
}
