import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { Scenario } from '../scenarios/support/create-scenario.ts';
import { startConverged, withPeople } from '../scenarios/support/start-converged.ts';

const COLUMNS = 40;
/** The last line of counts is for scripts too, and never wrapped. */
const COUNTS = /^(Plan|Drift|Applied|Remaining).*\.$/;
const TEAM = { admin: ['ada', 'zoe', 'eve', 'ida', 'uma'], member: ['bob', 'cleo', 'dora', 'finn', 'gus'] };

/** What stands in a file, is the path of one, or is to be pasted into one is shown as it is. */
const VERBATIM = /^ {2}[+-] |^ {2}[0-9a-f]{16} |^policies\/\S+ \(new\)$/;

/** Lines that are wider than the terminal although a space could have ended them sooner; an address is never broken. */
function tooWide(text: string): string[] {
  return text.split('\n').filter((line) => {
    if (stringWidth(line) <= COLUMNS || COUNTS.test(line) || VERBATIM.test(line)) return false;
    const words = line.trim().split(/ +/);
    return words.length > 1 && !words.some((word) => /@|:\/\//.test(word) && stringWidth(word) > COLUMNS - 20);
  });
}

/** A company with work of every kind to do: raised, lowered, invited, deleted, drift, and a guard that blocks. */
async function startWork(): Promise<Scenario> {
  const scenario = await startConverged(TEAM, { columns: COLUMNS });
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob', 'eve', 'ida'], member: ['uma', 'new', 'another.newcomer'] }));
  scenario.portal().setRole('zoe@acme.example', 'member');
  return scenario;
}

describe(`on a terminal of ${COLUMNS} columns`, () => {
  test.each(
    [
      ['validate'],
      ['plan'],
      ['drift'],
      ['drift', '--revert'],
      ['apply', '--yes'],
      ['explain', 'ada@acme.example'],
      ['explain', '--account', 'telnyx-production', '--role', 'admin'],
      ['doctor'],
      ['ledger', 'show'],
      ['ledger', 'verify'],
      ['observe', '--out', 'live.json'],
      ['keygen'],
      ['import'],
      ['drift', '--adopt'],
    ].map((argv) => [argv.join(' '), argv] as const),
  )('%s fits', async (_, argv) => {
    const scenario = await startWork();
    if (argv[0] === 'ledger') await scenario.run('apply', '--yes');
    const { stdout } = await scenario.run(...argv, '--no-color');
    expect(stdout.length).toBeGreaterThan(20);
    expect(tooWide(stdout)).toEqual([]);
  });

  test('what is wrong with policies fits', async () => {
    const scenario = await startWork();
    scenario.policy(
      'teams/broken.yaml',
      'members: [nobody@acme.example]\ngrants:\n  - { account: elsewhere, role: admin, raeson: none }\n',
    );
    const { exit, stdout } = await scenario.run('validate', '--no-color');
    expect(exit).toBe(3);
    expect(tooWide(stdout)).toEqual([]);
  });
});
