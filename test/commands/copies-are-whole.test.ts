import { expect, test } from 'vitest';
import { FAULT_KINDS } from '../exhaustive/fault-kinds.ts';
import { startConverged } from '../scenarios/support/start-converged.ts';

/** A late answer is an answer; a role or a status that nobody knows is shown; there is one page, and its link is followed by nobody. */
const HARMLESS = ['late', 'an unknown role', 'an unknown status', 'the first page again', 'a next page elsewhere'];
const COMMANDS = ['import', 'drift --adopt'];
const KINDS = FAULT_KINDS.filter(({ of, name }) => of !== 'writes' && !HARMLESS.includes(name));

test.each(COMMANDS)('%s writes nothing of an account whose list goes wrong, in any way, and says that it was not read', async (command) => {
  const wrong: string[] = [];
  for (const { name, fault } of KINDS) {
    const office = await startConverged();
    office.portal().deleteByPortal('bob@acme.example');
    office.portal().inviteByPortal('eve@acme.example', 'member', 'Eve');
    office.fault({ ...fault, match: { path: '/v2/sub_users?' }, times: 'always' });
    const run = await office.run(...command.split(' '));
    const isSaid = /not read/i.test(run.stdout + run.stderr) && (run.exit === 8 || run.exit === 9);
    if (!isSaid) wrong.push(`${name}: exit ${run.exit}: ${run.stdout}${run.stderr}`);
    wrong.push(...[...office.files.keys()].map((file) => `${name}: ${file} was written`));
    wrong.push(...office.writes().map((request) => `${name}: ${request} was sent`));
  }
  expect(wrong).toEqual([]);
  expect(KINDS.length).toBeGreaterThan(30);
});

test.each(COMMANDS)('%s writes what it is for where the list is whole', async (command) => {
  const office = await startConverged();
  office.portal().deleteByPortal('bob@acme.example');
  office.portal().inviteByPortal('eve@acme.example', 'member', 'Eve');
  const run = await office.run(...command.split(' '));
  expect(run.exit).toBe(0);
  expect([...office.files.values()].join('\n')).toContain('eve@acme.example');
});
