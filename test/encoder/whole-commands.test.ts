import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeScalar } from '../../src/policy/edit/write-scalar.ts';
import { PRODUCTION } from '../scenarios/support/company.ts';
import { createScenario, type Scenario } from '../scenarios/support/create-scenario.ts';
import { TEAM, withPeople } from '../scenarios/support/start-converged.ts';
import { faultsOfText } from './check-text.ts';
import { PAYLOADS } from './payloads.ts';

/** What is long is long in one place: a vendor's answer has a limit of its own. */
const NAMES = Object.entries(PAYLOADS).filter(([, payload]) => payload.trim() !== '' && payload.length < 5_000);
const COMMANDS: readonly (readonly string[])[] = [
  ['plan'],
  ['plan', '--format', 'markdown'],
  ['drift'],
  ['import', '--out', 'imported'],
  ['observe', '--out', 'live.json'],
  ['explain', '--account', PRODUCTION, '--role', 'admin', '--observation', 'live.json'],
  ['apply', '--yes'],
  ['ledger', 'show'],
  ['doctor'],
];

/** Somebody was invited by hand whose address, name and role are the text. */
function invaded(text: string): Scenario {
  const scenario = createScenario({
    policies: withPeople(TEAM),
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'] },
  });
  scenario.portal().inviteByPortal(`${text}@elsewhere.example`, 'member', text);
  scenario.portal().setRole('bob@acme.example', text);
  scenario.portal().rename('cleo@acme.example', text);
  return scenario;
}

describe.each(NAMES)('a vendor that says %s', (_name, payload) => {
  test('is shown, and never obeyed, whatever command reads it', async () => {
    const scenario = invaded(payload);
    for (const argv of COMMANDS) {
      const { stdout, stderr } = await scenario.run(...argv);
      expect(faultsOfText(stdout), argv.join(' ')).toEqual([]);
      expect(faultsOfText(stderr), argv.join(' ')).toEqual([]);
    }
  });

  test('whose refusal it is, is shown and never obeyed', async () => {
    const scenario = createScenario({ policies: withPeople(TEAM), live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'cleo member'] } });
    const body = { errors: [{ code: payload, title: payload, detail: payload, source: { pointer: payload } }] };
    scenario.fault({ kind: 'status', status: 422, body, times: 'always', match: { method: 'POST' } });
    const refused = await scenario.run('apply', '--yes');
    scenario.fault({ kind: 'status', status: 403, body, times: 'always', match: { method: 'GET' } });
    for (const run of [refused, await scenario.run('plan'), await scenario.run('doctor'), await scenario.run('ledger', 'show')]) {
      expect([...faultsOfText(run.stdout), ...faultsOfText(run.stderr)]).toEqual([]);
    }
  });
});

test.each(Object.entries(PAYLOADS))('%s on the command line is said back without harm', async (_name, payload) => {
  const scenario = createScenario({ policies: withPeople(TEAM), live: { [PRODUCTION]: ['ada admin'] } });
  scenario.files.set('pasted.txt', payload);
  const argvs = [
    [payload],
    ['plan', '--account', payload],
    ['plan', '--format', payload],
    ['plan', '--observation', payload],
    ['plan', '--base', payload],
    ['plan', '--policies', payload],
    ['plan', `--${payload}`],
    ['plan', '--observation', 'pasted.txt'],
    ['apply', '--plan', 'pasted.txt'],
    ['explain', payload],
    ['ledger', 'show', '--ledger', payload],
    ['plan', '--out', payload],
  ];
  for (const argv of argvs) {
    const { stdout, stderr } = await scenario.run(...argv);
    expect([...faultsOfText(stdout), ...faultsOfText(stderr)], argv.join(' ').slice(0, 100)).toEqual([]);
  }
});

test.each(Object.entries(PAYLOADS))('%s is the same text when it is read back from YAML', (_name, payload) => {
  const written = writeScalar(payload);
  expect(written).not.toMatch(/[\n\r]/);
  expect(parse(`- ${written}\n- { a: ${written}, b: [${written}] }\n`)).toEqual([payload, { a: payload, b: [payload] }]);
});
