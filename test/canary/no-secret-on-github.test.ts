import { afterEach, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../src/ports.ts';
import { type ApplyOptions, createOffice, type Ended, type Office } from '../scenarios/github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, team } from '../scenarios/support/company.ts';
import { keyOf } from '../scenarios/support/create-scenario.ts';
import { findSecrets, formsOf } from './support/forms-of.ts';
import { LEAKS } from './support/leaks.ts';

const KEY = 'KEY01Zq7VwXk3Pm9H/t5RbLc8Wd2Nf+6TgYj2Sv4BxM="8zKvQ1nG5hJ&d3FsRp7';

let office: Office;
afterEach(() => office.stop());

/** A job whose vendor opens to the key of this story, and repeats it in the way that is named; GitHub answers as ever. */
function withVendor(what: string | null): Pick<ApplyOptions, 'env' | 'http'> {
  const leak = what === null ? null : LEAKS[what];
  if (leak === undefined) throw new Error(`nothing leaks like that: ${what}`);
  const send = async (inner: Http, request: HttpRequest) => {
    const isVendor = request.headers['authorization'] === `Bearer ${KEY}`;
    if (!isVendor) return inner.send(request);
    const reply = await inner.send({ ...request, headers: { ...request.headers, authorization: `Bearer ${keyOf(PRODUCTION)}` } });
    return leak === null ? reply : leak(reply, request, [...formsOf(KEY).values()].join(' '));
  };
  return {
    env: { TELNYX_PRODUCTION_API_KEY: KEY },
    http: (inner) => ({ send: (request) => send(inner, request), close: () => inner.close() }),
  };
}

/** Everything that GitHub keeps of a run, and every object of the state branch. */
async function sinksOf(runs: readonly Ended[]): Promise<string> {
  const { comments, issues, checks, git } = office.people.repository;
  const told = runs.map(({ stdout, stderr, summary, outputs }) => [stdout, stderr, summary, JSON.stringify(outputs)].join('\n'));
  const kept = [...comments.values(), ...issues.values()].map((one) => one.body);
  const checked = [...checks.values()].map(({ title, summary, text, annotations }) => JSON.stringify([title, summary, text, annotations]));
  const { stdout } = await git.run(['log', '-p', '--all', '--no-color']);
  return [...told, ...kept, ...checked, new TextDecoder().decode(stdout)].join('\n');
}

test('no key stands in a comment, an issue, a check, a summary, an output or the state branch, whatever a vendor repeats', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings: 'names: enforce\n' } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  const runs = [await office.apply({ event: 'workflow_dispatch', ...withVendor(null) })];
  office.vendor.portal(PRODUCTION).inviteByPortal('eve@elsewhere.example', 'admin', 'Eve');
  for (const what of ['names of people, groups, roles and keys that repeat it', 'a 401 that repeats it in code, title and detail']) {
    office.hours(1);
    runs.push(await office.drift(withVendor(what)));
    const pull = await office.propose('ada', `Hedy joins ${runs.length}`, {
      'people/hedy.yaml': peopleFile(['hedy']),
      [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['bob', 'hedy']),
    });
    runs.push(await office.plan(pull));
    if (what.startsWith('a 401')) {
      await office.approve(pull, 'grace');
      await office.merge(pull);
      runs.push(await office.apply(withVendor('a 422 that repeats it in code, title and detail')));
      runs.push(
        await office.apply({ event: 'workflow_dispatch', ...withVendor('names of people, groups, roles and keys that repeat it') }),
      );
    }
  }
  const sinks = await sinksOf(runs);
  expect(sinks).toContain('hedy@acme.example');
  expect(findSecrets(sinks, [KEY])).toEqual([]);
}, 180_000);
