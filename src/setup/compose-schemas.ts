import settings from '../../.vscode/settings.json' with { type: 'json' };
import account from '../../schemas/account.schema.json' with { type: 'json' };
import accountNames from '../../schemas/account-names.schema.json' with { type: 'json' };
import approval from '../../schemas/approval.schema.json' with { type: 'json' };
import people from '../../schemas/people.schema.json' with { type: 'json' };
import roster from '../../schemas/roster.schema.json' with { type: 'json' };
import team from '../../schemas/team.schema.json' with { type: 'json' };
import { compareText } from '../text/digest.ts';
import { ACCOUNT_NAMES } from './check-account-names.ts';

export const EDITOR_SETTINGS = '.vscode/settings.json';

/** What lets an editor complete and explain policies without a network, by path. `names` are those of the accounts. */
export function composeSchemas(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    Object.entries({
      [EDITOR_SETTINGS]: { 'yaml.schemas': settings['yaml.schemas'] },
      [ACCOUNT_NAMES]: { ...accountNames, enum: names.toSorted(compareText) },
      'schemas/account.schema.json': account,
      'schemas/approval.schema.json': approval,
      'schemas/people.schema.json': people,
      'schemas/roster.schema.json': roster,
      'schemas/team.schema.json': team,
    }).map(([path, document]) => [path, `${JSON.stringify(document, null, 2)}\n`]),
  );
}
