import { expect } from 'vitest';
import { type CheckFacts, readCheckFacts, writeCheckFacts } from '../../../../src/github/evidence.ts';
import type { Office } from './create-office.ts';

const INTRUDER = 'ghs_CANARY-workflow-of-an-intruder';
const FIELDS = { conclusion: 'success', status: 'completed', name: 'rollcall / plan' };

/** What our newest check run on the head of a pull request says of its plan. */
export function factsOf(office: Office, pull: number): CheckFacts {
  const { repository } = office.people;
  const head = repository.issues.get(pull)?.pull?.headSha;
  const checks = [...repository.checks.values()].filter((check) => check.suite.sha === head);
  const facts = readCheckFacts(checks.at(-1)?.text ?? '');
  if (facts === null) throw new Error(`pull request ${pull} was not planned`);
  return facts;
}

/** A check run of our name by our app, from a workflow that somebody with write access runs on a branch of their own. */
export async function forgeCheck(office: Office, pull: number, lies: Partial<CheckFacts>, at: string = office.now()): Promise<void> {
  const facts = { ...factsOf(office, pull), ...lies };
  const token = { value: INTRUDER, kind: 'actions', userId: 41_898_282, login: 'github-actions[bot]', appId: 15_368 } as const;
  office.github.world.addToken({ ...token, repository: 'acme/access', permissions: { checks: 'write' } });
  const output = { title: 'Access plan: 1 change on 1 account', summary: 'All is well.', text: writeCheckFacts(facts) };
  const answer = await fetch(`${office.github.origin}/repos/acme/access/check-runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${INTRUDER}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...FIELDS, head_sha: facts.head, external_id: facts.digest, started_at: at, completed_at: at, output }),
  });
  expect(answer.status).toBe(201);
}
