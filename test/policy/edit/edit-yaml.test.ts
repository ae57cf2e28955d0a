import { expect, test } from 'vitest';
import { editYaml } from '../../../src/policy/edit/edit-yaml.ts';

const dropBob = (text: string) => editYaml(text, [{ kind: 'drop', list: 'members', indexes: new Set([1]) }]);

test.each([
  ['with the address on the next line', 'members:\n  - ada\n  -\n    bob # x\n  - cleo\n', 'members:\n  - ada\n  - cleo\n'],
  ['as a folded text', 'members:\n  - ada\n  - >-\n    bob\n  - cleo\n', 'members:\n  - ada\n  - cleo\n'],
  [
    'with a comment inside, and one below that is about the next',
    'members:\n  - ada\n  - email: bob\n    # until the fair\n    until: x\n    # about cleo\n  - cleo\n',
    'members:\n  - ada\n    # about cleo\n  - cleo\n',
  ],
  ['at the end of a file without a line feed', 'members:\n  - ada\n  - bob', 'members:\n  - ada\n'],
  ['between document marks', '---\nmembers:\n  - ada\n  - bob\n...\n', '---\nmembers:\n  - ada\n...\n'],
  ['below a quoted key', '"members":\n- ada\n- bob\n"grants": []\n', '"members":\n- ada\n"grants": []\n'],
  ['last in a flow list', 'members: [ada, bob]\n', 'members: [ada]\n'],
  ['last in a flow list with a comma behind', 'members: [ ada, bob, ]\n', 'members: [ ada, ]\n'],
  ['in a flow list whose comments are about others', 'members: [ada, # the first\n  bob, cleo]\n', 'members: [ada, # the first\n  cleo]\n'],
  ['last behind a comment about another', 'members: [ada, # the first\n  bob]\n', 'members: [ada, # the first\n  ]\n'],
  ['with a flow map over two lines', 'members: [\n  ada,\n  { email: bob,\n    until: x }, # gone\n]\n', 'members: [\n  ada,\n]\n'],
  ['with an address that holds the comma of another', 'members: ["a,b", "bob", c]\n', 'members: ["a,b", c]\n'],
])('an entry goes %s', async (_what, text, after) => {
  expect((await dropBob(text))?.text).toBe(after);
});

test('the only entry of a flow list leaves it empty', async () => {
  const edited = await editYaml('members: [ada,] # one\n', [{ kind: 'drop', list: 'members', indexes: new Set([0]) }]);
  expect(edited?.text).toBe('members: [] # one\n');
});

test.each([
  ['plain', 'grants: [{ role: admin }]\n', 'grants: [{ role: member }]\n'],
  ['in single quotes', "grants: [{ role: 'admin' }]\n", "grants: [{ role: 'member' }]\n"],
  ['in double quotes, as an escape', 'grants: [{ role: "\\x61dmin" }]\n', 'grants: [{ role: "member" }]\n'],
])('a text is set %s', async (_what, text, after) => {
  expect((await editYaml(text, [{ kind: 'set', at: ['grants', 0, 'role'], text: 'member' }]))?.text).toBe(after);
});

test.each([
  ['a list that is not there', 'grants: []\n'],
  ['an entry that is not there', 'members: [ada]\n'],
  ['no list at all', 'members: ada\n'],
  ['a file that is empty', ''],
])('what cannot be edited by itself is not edited: %s', async (_what, text) => {
  expect(await dropBob(text)).toBeNull();
});

test('two edits that want the same bytes are none', async () => {
  const set = { kind: 'set', at: ['grants', 0, 'role'] } as const;
  const edits = [{ ...set, text: 'member' } as const, { ...set, text: 'billing' } as const];
  expect(await editYaml('grants: [{ role: admin }]\n', edits)).toBeNull();
});

test('lines are told as they were and as they are, those that touch together', async () => {
  const text = 'members: [ada, bob, cleo]\ngrants:\n  - role: admin\n  - role: x\n';
  const edited = await editYaml(text, [
    { kind: 'drop', list: 'members', indexes: new Set([0, 2]) },
    { kind: 'drop', list: 'grants', indexes: new Set([0]) },
  ]);
  expect(edited?.lines).toEqual([
    { line: 1, before: ['members: [ada, bob, cleo]'], after: ['members: [bob]'] },
    { line: 3, before: ['  - role: admin'], after: [] },
  ]);
});
