import { afterEach, expect, test } from 'vitest';
import { createOffice, type Ended, type Office, type OfficeOptions } from '../../github/support/create-office.ts';
import type { Policies } from '../../support/company.ts';
import { consoleSeed, kindsCompany, LABS, MAIN, organizationSeed, type RosterOptions, roster } from '../support/kinds-company.ts';

const ROSTER = `rosters/${LABS}.yaml`;
const PEOPLE = { root: ['owner'], ada: ['administrator'], zoe: ['administrator'], bob: ['developer'] };
const MORE = { ...PEOPLE, mallory: ['administrator'] };
const OLD_KEY = { name: 'deploy', sid: `SK${'1'.repeat(32)}`, created_at: '2026-05-01T00:00:00Z' };

let office: Office;
afterEach(() => office.stop());

async function begin(options: OfficeOptions): Promise<void> {
  office = await createOffice({ teams: {}, ...options });
  ends(await office.begin(), 0);
}

/** Who is where in twilio-labs, as a person saw it in the Console on the day the story begins. */
const beginAtLabs = (settings = '') =>
  begin({
    policies: {
      ...kindsCompany({ [LABS]: { kind: 'console', grants: { administrator: ['ada', 'zoe'], developer: ['bob'] }, settings } }),
      [ROSTER]: roster({ people: PEOPLE, on: '2026-11-23' }),
    },
    twilio: { consoles: [consoleSeed(PEOPLE, [OLD_KEY])] },
  });

const seen = (options: Partial<RosterOptions>) => ({ [ROSTER]: roster({ people: PEOPLE, on: office.now().slice(0, 10), ...options }) });

async function agreeTo(title: string, changes: Policies): Promise<Ended> {
  const pull = await office.propose('ada', title, changes);
  ends(await office.plan(pull), 0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  return office.apply();
}

async function night(): Promise<Ended> {
  office.hours(1);
  return office.drift();
}

function ends(ended: Ended, exit: number): void {
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit });
}

test('a roster pushed straight to main says that all keys were looked through: the offboarding goes on, in apply and at night', async () => {
  const company = (developer: readonly string[]) =>
    kindsCompany({ [MAIN]: { kind: 'organization', grants: { administrator: ['ada', 'zoe'], developer } } }, ['bob']);
  const people = { ada: ['administrator'], zoe: ['administrator'], bob: ['developer'], dan: ['developer'] };
  await begin({ policies: company(['bob', 'dan']), twilio: organizationSeed({ people, keys: [OLD_KEY] }) });
  ends(await agreeTo('Bob leaves', { [`teams/${MAIN}-2.yaml`]: company(['dan'])[`teams/${MAIN}-2.yaml`] ?? '' }), 0);

  const [file, day] = [`rosters/${MAIN}.yaml`, office.now().slice(0, 10)];
  await office.pushToMain('mallory', { [file]: roster({ on: day, reviewed: { bob: day }, rotated: { [OLD_KEY.sid]: day } }) });
  await office.apply();
  ends(await night(), 0);
  expect(office.issue(MAIN)).toMatchObject({ state: 'open' });
  expect(office.issue(MAIN)?.body).toContain(OLD_KEY.sid);
  expect(office.issue(MAIN)?.body).toContain(
    `Nobody approved these settings, so the drift run goes by those before them: roster, \`roster.reviewed.bob@acme.example\`, \`roster.rotated.${OLD_KEY.sid}\`.`,
  );

  await office.pushToMain('grace', { [file]: null });
  ends(await agreeTo('Looked through', { [file]: roster({ on: day, reviewed: { bob: day } }) }), 0);
  ends(await night(), 0);
  expect(office.issue(MAIN)).toMatchObject({ state: 'closed' });
});

test('a roster pushed straight to main leaves a stranger out: they stay found, in apply and at night, and the issue says that nobody approved it', async () => {
  await beginAtLabs();
  ends(await agreeTo('Labs as of today', seen({ people: MORE })), 0);
  ends(await night(), 10);
  await office.pushToMain('mallory', seen({}));
  await office.apply();
  ends(await night(), 10);
  expect(office.issue(LABS)?.body).toMatch(/`mallory@acme\.example` \| stranger \(drift\)/);
  expect(office.issue(LABS)?.body).toContain('Nobody approved these settings, so the drift run goes by those before them: roster.');
});

test('a roster of the same day, by the same person and as long as the approved one, is another roster all the same', async () => {
  await beginAtLabs();
  ends(await agreeTo('Labs as of today', seen({ people: MORE })), 0);
  await office.pushToMain('mallory', seen({ people: { ...PEOPLE, dan: ['support'] } }));
  await office.apply();
  ends(await night(), 10);
  expect(office.issue(LABS)?.body).toMatch(/`mallory@acme\.example` \| stranger \(drift\)/);

  const rewritten = await office.propose('mallory', 'Rows again', seen({ people: PEOPLE }));
  ends(await office.plan(rewritten), 0);
  await office.merge(rewritten);
  await office.apply();
  expect(office.comment(rewritten)).toContain('nobody but its author has approved its final commit');
});

test('a pushed roster proves no change done by hand; the same roster in an approved pull request does, in the run that applies it', async () => {
  await beginAtLabs();
  const company = kindsCompany({
    [LABS]: { kind: 'console', grants: { administrator: ['ada', 'zoe'], developer: ['bob'], billing_manager: ['cleo'] } },
  });
  const fresh = [`teams/${LABS}-3.yaml`, 'people/everybody.yaml'];
  ends(await agreeTo('Cleo pays', Object.fromEntries(fresh.map((name) => [name, company[name] ?? '']))), 10);
  const withCleo = seen({ people: { ...PEOPLE, cleo: ['billing_manager'] } });
  await office.pushToMain('mallory', withCleo);
  ends(await office.apply(), 10);
  await office.pushToMain('grace', seen({}));
  ends(await agreeTo('Labs with Cleo', withCleo), 0);
});

test('a setting that somebody pushed keeps the roster of an approved pull request waiting as well, until one that people approve settles it', async () => {
  await beginAtLabs('guards: { min_admins: 2 }\n');
  const file = `accounts/${LABS}.yaml`;
  const account = kindsCompany({ [LABS]: { kind: 'console' } })[file] ?? '';
  await office.pushToMain('mallory', { [file]: `${account}guards: { min_admins: 1 }\n` });
  ends(await agreeTo('Labs as of today', seen({ people: MORE })), 0);
  ends(await night(), 0);
  ends(await agreeTo('Two administrators', { [file]: `${account}guards: { min_admins: 2 }\n` }), 0);
  ends(await night(), 10);
  expect(office.issue(LABS)?.body).toMatch(/`mallory@acme\.example` \| stranger \(drift\)/);
});

test('the roster of the only account grew too old: a pull request with a new one is the way out', async () => {
  await beginAtLabs();
  office.hours(31 * 24);
  ends(await night(), 8);
  await office.pushToMain('mallory', seen({}));
  ends(await office.apply(), 8);
  ends(await night(), 8);
  ends(await agreeTo('Labs as of today', seen({ people: MORE })), 0);
  ends(await night(), 10);
  expect(office.issue(LABS)?.body).toMatch(/`mallory@acme\.example` \| stranger \(drift\)/);
});
