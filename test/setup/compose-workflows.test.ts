import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { credentialVariables } from '../../src/policy/credential-variables.ts';
import { composeWorkflows } from '../../src/setup/compose-workflows.ts';
import { WORKFLOWS } from '../../src/setup/repository-facts.ts';
import { lintWorkflow } from '../workflows/lint/lint-workflow.ts';
import { loadGitHubLibrary } from '../workflows/support/load-github-library.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const ACTION = { repository: 'acme/rollcall', commit: 'a'.repeat(40), version: 'v1.2.3' };
const USES = `acme/rollcall@${'a'.repeat(40)}`;
const VARIABLES = readdirSync(path.join(ROOT, 'policies/accounts'))
  .flatMap((file) => {
    const { required, optional } = credentialVariables(file.replace(/\.yaml$/, ''), parse(read(`policies/accounts/${file}`)).api);
    return [...required, ...optional];
  })
  .toSorted();
const COMPOSED = composeWorkflows({ action: ACTION, branch: 'main', variables: VARIABLES });
const FILES = WORKFLOWS.map(({ file }) => file);

/** Our own workflow as a repository that only has policies needs it: no checkout of code, and the action by its name. */
function asElsewhere(own: string): string {
  return own
    .replace(/ {6}- name: The code of the base branch\n(?: {8}.*\n)+/, '')
    .replace(/uses: \.\/(?:\.base)?\n/, `uses: ${USES} # v1.2.3\n`)
    .replace("the code that reads them is the base branch's.", "the code that reads them is rollcall's, at a whole commit.")
    .replace('to read the policies, and the code that checks them', 'to read the policies that are checked');
}

describe('the workflows of a new repository', () => {
  test('are the four that a repository of policies is made of', () => {
    expect([...COMPOSED.keys()].toSorted()).toEqual(FILES.toSorted());
  });

  test.each(FILES)('%s is our own, but for the checkout of the code and the name of the action', (file) => {
    expect(COMPOSED.get(file)).toBe(asElsewhere(read(file)));
  });

  test.each(FILES)('%s breaks no rule that ours are held to, and runs no code of others but the pinned action', (file) => {
    const name = path.basename(file);
    const holder = { 'apply.yml': ['apply'], 'drift.yml': ['drift'] }[name] ?? [];
    expect(lintWorkflow(name, COMPOSED.get(file) ?? '')).toEqual([
      `forbidden-uses: ${USES} is not on the list of actions`,
      ...holder.map((job) => `secrets-on-one-step: ${job} gives secrets to ${USES}`),
    ]);
  });

  test('are bound to another default branch where that has another name', () => {
    const other = composeWorkflows({ action: ACTION, branch: 'trunk', variables: [] });
    expect([...other.values()].filter((text) => /\bmain\b/.test(text))).toEqual([]);
    expect(other.get('.github/workflows/apply.yml')).toContain("if: github.ref == 'refs/heads/trunk'");
  });
});

const { validate, TextDocument } = await loadGitHubLibrary();

test.each(FILES)("GitHub's own language service has nothing to say about %s", async (file) => {
  const found = await validate(TextDocument.create(`file:///composed/${file}`, 'yaml', 1, COMPOSED.get(file) ?? ''));
  expect(found.map(({ message }) => String(message))).toEqual([]);
});
