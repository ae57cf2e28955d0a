import { expect, test } from 'vitest';
import { listSinceBaseline } from '../../src/commands/import-since-baseline.ts';
import type { Holding, LivePrincipal } from '../../src/model.ts';
import { EMPTY_HISTORY } from '../../src/plan/make-plan.ts';
import { loadTexts } from '../../src/policy/edit/open-context.ts';
import { capabilitiesOf } from '../../src/provider/capabilities.ts';
import { ACCOUNTS, person, TODAY } from '../policy/import/import-for-tests.ts';

const ACCOUNT = 'telnyx-production';
const role = (name: string): Holding => ({ roles: [name], groups: [] });

async function say(live: readonly LivePrincipal[], known: Partial<typeof EMPTY_HISTORY>, texts: Readonly<Record<string, string>> = {}) {
  const all = new Map([...Object.entries(ACCOUNTS), ...Object.entries(texts)]);
  const { desired } = await loadTexts({ texts: all, folder: 'policies', today: TODAY, capabilitiesOf }, all);
  if (desired === null) throw new Error('the policies of this test are invalid');
  const at = `${TODAY}T09:00:00.000Z`;
  const facts = { account: ACCOUNT, provider: 'telnyx', api: 'sub-users', at, requests: 1, digest: '', source: 'live' } as const;
  const history = { accounts: new Map([[ACCOUNT, { ...EMPTY_HISTORY, ...known }]]), commit: null, proposals: new Map() };
  const found = listSinceBaseline(desired, [{ observation: { ...facts, principals: live }, leftAlone: [] }], history);
  return found.map(({ principal, account, says }) => `${principal} in ${account}: ${says}`);
}

const BASELINE = {
  baseline: new Map([
    ['ada@acme.example', role('admin')],
    ['bob@acme.example', role('member')],
  ]),
};

test('an import names everybody who came or was raised after the baseline, admins first, and nobody who was there then', async () => {
  const live = [person('aaron', ['member']), person('ada', ['admin']), person('bob', ['admin']), person('mallory@evil.example', ['admin'])];
  expect(await say(live, BASELINE)).toEqual([
    'bob@acme.example in telnyx-production: was raised from member to admin in the account (drift); importing accepts it',
    'mallory@evil.example in telnyx-production: came after the baseline (drift) and holds admin; importing accepts it',
    'aaron@acme.example in telnyx-production: came after the baseline (drift) and holds member; importing accepts it',
  ]);
});

test('whoever was deleted by an approval and is there again is said to have come back', async () => {
  expect(await say([person('bob', ['member'])], { ...BASELINE, lastApplied: new Map([['bob@acme.example', null]]) })).toEqual([
    'bob@acme.example in telnyx-production: was deleted by an approval and came back (drift) and holds member; importing accepts it',
  ]);
});

test('who was lowered, the owner, and whose access the policies have already are no news', async () => {
  const texts = {
    'people/all.yaml': '- email: mallory@acme.example\n  name: Mallory\n',
    'teams/all.yaml': `members: [mallory@acme.example]\ngrants:\n  - { account: ${ACCOUNT}, role: member, reason: Agreed to }\n`,
  };
  const live = [person('ada', ['member']), person('mallory', ['member']), person('root', ['admin'])];
  expect(await say(live, BASELINE, texts)).toEqual([]);
});

test('without a baseline nothing is said, because nothing is known', async () => {
  expect(await say([person('mallory', ['admin'])], {})).toEqual([]);
});
