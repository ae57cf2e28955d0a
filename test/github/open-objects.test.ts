import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Objects, openObjects } from '../../src/github/open-objects.ts';
import { loadPolicies } from '../../src/policy/load-policies.ts';
import { openCommitSource } from '../../src/policy/open-commit-source.ts';
import type { Git } from '../../src/ports.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { CAPABILITIES, GOOD } from '../policy/memory-source.ts';
import { type Entry, type GitServer, startGitServer, type Written, writeRepository } from './git-server.ts';

const TOKEN = 'ghs_canary0123456789';
const UNKNOWN = '1f'.repeat(20);
const MAIN = 'refs/heads/main';

let folder: string;
let server: GitServer;
let written: Written;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rollcall-objects-'));
  written = writeRepository(path.join(folder, 'acme', 'access.git'));
  server = await startGitServer(folder, TOKEN);
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The git that the command line uses, in this environment. */
function realGit(env: Readonly<Record<string, string | undefined>> = {}): (where: string) => Git {
  const host = Object.create(process, { env: { value: { ...process.env, ...env } } }) as NodeJS.Process;
  const never = new AbortController().signal;
  return createRealWorld(host, never, never).git;
}

function open(more: Partial<Parameters<typeof openObjects>[0]> = {}): Promise<Objects> {
  return openObjects({ git: realGit(), folder: path.join(folder, 'objects.git'), url: `${server.url}/acme/access`, token: TOKEN, ...more });
}

/** Our copy with these commits in it. */
async function openWith(...commits: readonly string[]): Promise<Objects> {
  for (const [at, commit] of commits.entries()) written.git(['update-ref', `refs/heads/seen-${at}`, commit]);
  const objects = await open();
  await objects.bring(commits.map((_, at) => `refs/heads/seen-${at}`));
  return objects;
}

const files = (more: Readonly<Record<string, Entry>> = {}): Record<string, Entry> =>
  Object.fromEntries(Object.entries({ ...GOOD, ...more }).map(([name, content]) => [`policies/${name}`, content]));

describe('bringing commits here', () => {
  it('gives the commit of each ref, and null for one that is not there', async () => {
    const main = written.commit(MAIN, files());
    const pull = written.commit('refs/pull/12/head', files({ 'README.md': 'more' }), main);
    const objects = await open();
    expect(await objects.bring([MAIN, 'refs/pull/12/head', 'refs/heads/rollcall-state'])).toEqual(
      new Map([
        [MAIN, main],
        ['refs/pull/12/head', pull],
        ['refs/heads/rollcall-state', null],
      ]),
    );
    expect(await objects.contains(pull, main)).toBe(true);
  });

  it('follows a branch that moves, is put back or goes', async () => {
    const first = written.commit(MAIN, files());
    const objects = await open();
    await objects.bring([MAIN]);
    const second = written.commit(MAIN, files({ 'README.md': 'more' }), first);
    expect((await objects.bring([MAIN])).get(MAIN)).toBe(second);
    written.git(['update-ref', MAIN, first]);
    expect((await objects.bring([MAIN])).get(MAIN)).toBe(first);
    written.git(['update-ref', '-d', MAIN]);
    expect((await objects.bring([MAIN])).get(MAIN)).toBeNull();
  });

  it('takes no branch for another whose name ends like it', async () => {
    written.commit('refs/heads/refs/heads/main', files());
    expect((await (await open()).bring([MAIN])).get(MAIN)).toBeNull();
  });

  it('goes on in a folder that an earlier run left behind', async () => {
    const main = written.commit(MAIN, files());
    await (await open()).bring([MAIN]);
    expect((await (await open()).bring([MAIN])).get(MAIN)).toBe(main);
  });

  it('asks for nothing that is no whole name of a ref', async () => {
    const objects = await open();
    const options = ['--upload-pack=touch evil', '-o', 'main', 'HEAD', '+refs/heads/main', 'refs/', ''];
    const several = ['refs/heads/*', 'refs/heads/a:refs/heads/b', 'refs/heads/a b', 'refs/heads/a\nrefs/heads/b', 'refs/heads/main^1'];
    for (const ref of [...options, ...several]) {
      await expect(objects.bring([MAIN, ref])).rejects.toThrow('it is not the whole name of a ref');
    }
    expect(server.asked).toEqual([]);
  });

  it('says so when the folder cannot be made', async () => {
    writeFileSync(path.join(folder, 'a-file'), '');
    await expect(open({ folder: path.join(folder, 'a-file', 'objects.git') })).rejects.toThrow('the folder for git objects cannot be made');
  });
});

describe('the token', () => {
  it('goes to the server as a header, and stands in no argument and in no file', async () => {
    written.commit(MAIN, files());
    const seen: string[] = [];
    const git = (where: string): Git => {
      const real = realGit()(where);
      return {
        run: (args, stdin, env) => {
          seen.push(...args);
          return real.run(args, stdin, env);
        },
      };
    };
    const objects = await open({ git });
    await objects.bring([MAIN]);
    const forms = [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString('base64'), Buffer.from(TOKEN).toString('base64')];
    expect(seen.length).toBeGreaterThan(10);
    for (const form of forms) expect(seen.join('\n')).not.toContain(form);
    const config = await objects.git.run(['config', '--list', '--local']);
    for (const form of forms) expect(Buffer.from(config.stdout).toString()).not.toContain(form);
    expect(new Set(server.asked.map((one) => one.authorization))).toEqual(new Set([`basic ${forms[1]}`]));
  });

  it('is not sent where there is none', async () => {
    await server.stop();
    server = await startGitServer(folder, null);
    const main = written.commit(MAIN, files());
    expect((await (await open({ token: '' })).bring([MAIN])).get(MAIN)).toBe(main);
    expect(new Set(server.asked.map((one) => one.authorization))).toEqual(new Set([null]));
  });

  it('is refused in a sentence, and nobody is asked for another', async () => {
    written.commit(MAIN, files());
    const trap = armTrap();
    const objects = await open({
      token: 'ghs_wrong',
      git: realGit({ GIT_ASKPASS: trap.program, SSH_ASKPASS: trap.program, DISPLAY: ':0' }),
    });
    await expect(objects.bring([MAIN])).rejects.toThrow('its refs cannot be listed with this token');
    expect(trap.sprung()).toBe(false);
  });

  it('follows no redirect to another host', async () => {
    const elsewhere = await startGitServer(folder, null);
    written.commit(MAIN, files());
    server.redirectTo = elsewhere.url;
    await expect((await open()).bring([MAIN])).rejects.toThrow('its refs cannot be listed with this token');
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.stop();
  });

  it('goes over plain http only where the address says http, as a loopback one does', async () => {
    const allowed = async (url: string) => {
      const seen: string[] = [];
      const git = (): Git => ({
        run: async (args) => {
          seen.push(...args.filter((arg) => arg.startsWith('protocol.')));
          return { code: 0, stdout: new Uint8Array() };
        },
      });
      await (await openObjects({ git, folder, url, token: TOKEN })).bring([MAIN]);
      return seen;
    };
    expect(await allowed('https://github.com/acme/access')).toEqual(['protocol.allow=never', 'protocol.https.allow=always']);
    expect(await allowed('http://127.0.0.1:8480/acme/access')).toEqual(['protocol.allow=never', 'protocol.http.allow=always']);
  });

  it('goes nowhere by any other protocol', async () => {
    written.commit(MAIN, files());
    const trap = armTrap();
    for (const url of [`file://${folder}/acme/access`, `ext::${trap.program} `, `ssh://127.0.0.1/acme/access`]) {
      await expect((await open({ url, git: realGit({ GIT_SSH_COMMAND: trap.program }) })).bring([MAIN])).rejects.toThrow(
        'its refs cannot be listed with this token',
      );
    }
    expect(trap.sprung()).toBe(false);
  });
});

describe('a commit', () => {
  it('is named in whole and in no other way', async () => {
    const main = written.commit(MAIN, files());
    const objects = await openWith(main);
    for (const id of [
      'main',
      'HEAD',
      '--all',
      '-o',
      '',
      main.slice(0, 12),
      main.toUpperCase(),
      `${main}^1`,
      `${main}\n`,
      `${main} ${main}`,
    ]) {
      const calls = [
        () => objects.mergeBase(id, main),
        () => objects.contains(main, id),
        () => objects.range(id, main, 5),
        () => objects.range(null, id, 5),
        () => objects.parent(id),
        () => objects.mergedTree(main, id),
        () => objects.listing(id, 'policies'),
        async () => objects.text(id, 'policies', 5),
        async () => objects.files(id),
        () => objects.differs(id, main, 'policies'),
        () => objects.touchedLines(main, id, 'policies'),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow('it is not the whole name of a commit');
    }
  });

  it('comes after its parents, and a merge after both sides', async () => {
    const root = written.commit(null, files());
    const here = written.commit(null, files({ 'a.md': 'a' }), root);
    const there = written.commit(null, files({ 'b.md': 'b' }), root);
    const merge = written.commit(null, files({ 'a.md': 'a', 'b.md': 'b' }), here, there);
    const objects = await openWith(merge);
    expect(await objects.contains(merge, there)).toBe(true);
    expect(await objects.contains(merge, merge)).toBe(true);
    expect(await objects.contains(there, here)).toBe(false);
    expect(await objects.contains(root, merge)).toBe(false);
    expect([await objects.parent(merge), await objects.parent(here), await objects.parent(root)]).toEqual([here, root, null]);
    expect([await objects.mergeBase(here, there), await objects.mergeBase(merge, here)]).toEqual([root, here]);
  });

  it('that nobody knows proves nothing, not even that it is itself', async () => {
    const main = written.commit(MAIN, files());
    const objects = await openWith(main);
    expect(await objects.contains(main, UNKNOWN)).toBe(false);
    expect(await objects.contains(UNKNOWN, main)).toBe(false);
    expect(await objects.contains(UNKNOWN, UNKNOWN)).toBe(false);
    expect([await objects.parent(UNKNOWN), await objects.mergeBase(main, UNKNOWN)]).toEqual([null, null]);
    await expect(objects.range(UNKNOWN, main, 5)).rejects.toThrow('its commits cannot be listed');
    await expect(objects.listing(UNKNOWN, 'policies')).rejects.toThrow('its files cannot be listed');
    await expect(objects.mergedTree(main, UNKNOWN)).rejects.toThrow('the merged result cannot be made');
    await expect(objects.touchedLines(main, UNKNOWN, 'policies')).rejects.toThrow('the lines it changes cannot be listed');
    expect(await objects.differs(main, UNKNOWN, 'policies')).toBe(true);
    expect(await objects.text(UNKNOWN, 'policies/accounts/telnyx-production.yaml', 500)).toBeNull();
  });

  it('shares nothing with another history', async () => {
    const [one, other] = [written.commit(null, files()), written.commit(null, files({ 'a.md': 'a' }))];
    const objects = await openWith(one, other);
    expect(await objects.mergeBase(one, other)).toBeNull();
  });

  it('is listed along first parents, newest first: the commits of a merged branch are no stations of the base', async () => {
    const root = written.commit(null, files());
    const side = written.commit(null, files({ 'side.md': '1' }), root);
    const more = written.commit(null, files({ 'side.md': '2' }), side);
    const merge = written.commit(null, files({ 'side.md': '2' }), root, more);
    const tip = written.commit(null, files({ 'side.md': '3' }), merge);
    const objects = await openWith(tip);
    expect(await objects.range(root, tip, 10)).toEqual([tip, merge]);
    expect(await objects.range(null, tip, 10)).toEqual([tip, merge, root]);
    expect(await objects.range(null, tip, 2)).toEqual([tip, merge]);
    expect(await objects.range(tip, tip, 10)).toEqual([]);
    expect(await objects.range(more, tip, 10)).toEqual([tip, merge]);
  });
});

describe('the merged tree', () => {
  it('has what both sides changed', async () => {
    const root = written.commit(null, files());
    const [one, other] = [written.commit(null, files({ 'a.md': 'a' }), root), written.commit(null, files({ 'b.md': 'b' }), root)];
    const objects = await openWith(one, other);
    const tree = (await objects.mergedTree(one, other)) ?? '';
    expect([...(await objects.files(tree)).keys()]).toEqual(expect.arrayContaining(['policies/a.md', 'policies/b.md']));
    expect(await objects.mergedTree(one, root)).toBe(await objects.mergedTree(root, one));
  });

  it('is none where both changed the same lines, whatever attributes the branch brings', async () => {
    const root = written.commit(null, files({ 'a.md': 'one\n' }));
    const here = written.commit(null, { ...files({ 'a.md': 'two\n' }), '.gitattributes': '* merge=union\n' }, root);
    const there = written.commit(null, files({ 'a.md': 'three\n' }), root);
    const objects = await openWith(here, there);
    expect(await objects.mergedTree(there, here)).toBeNull();
  });
});

describe('the lines that somebody touched', () => {
  const touched = async (before: Record<string, Entry>, after: Record<string, Entry>, inFolder = 'policies') => {
    const root = written.commit(null, before);
    const tip = written.commit(null, after, root);
    const objects = await openWith(tip);
    return Object.fromEntries([...(await objects.touchedLines(root, tip, inFolder))].map(([file, lines]) => [file, [...lines]]));
  };

  it('are those of the newer side, by file', async () => {
    const before = { 'policies/a.yaml': 'one\ntwo\nthree\n', 'policies/b.yaml': 'one\n', 'other/c.yaml': 'one\n' };
    const after = { 'policies/a.yaml': 'one\n2\nthree\nfour\n', 'policies/b.yaml': 'zero\none\n', 'other/c.yaml': 'two\n' };
    expect(await touched(before, after)).toEqual({ 'policies/a.yaml': [2, 4], 'policies/b.yaml': [1] });
  });

  it('are none of a file that goes or only loses lines, and all of one that comes', async () => {
    const before = { 'policies/gone.yaml': 'one\n', 'policies/a.yaml': 'one\ntwo\n' };
    expect(await touched(before, { 'policies/a.yaml': 'one\n', 'policies/new.yaml': 'one\ntwo' })).toEqual({
      'policies/a.yaml': [],
      'policies/new.yaml': [1, 2],
    });
  });

  it('are none of a file that only moves', async () => {
    expect(await touched({ 'a.yaml': 'one\n' }, { 'b.yaml': 'one\n' })).toEqual({});
    const moved = await touched({ 'policies/a.yaml': 'one\n' }, { 'policies/b.yaml': 'one\n' });
    expect(moved).toEqual({ 'policies/b.yaml': [1] });
  });

  it('are not led astray by lines that read like the head of another file or of a hunk', async () => {
    const before = { 'policies/a.yaml': '-- a/policies/b.yaml\none\n', 'policies/b.yaml': 'one\n' };
    const after = { 'policies/a.yaml': 'one\n++ b/policies/b.yaml\n@@ -0,0 +7 @@\nlast', 'policies/b.yaml': 'one\n' };
    expect(await touched(before, after)).toEqual({ 'policies/a.yaml': [2, 3, 4] });
  });

  it('are right in files without a line break at their end', async () => {
    expect(await touched({ 'policies/a.yaml': 'one\ntwo' }, { 'policies/a.yaml': 'one\n2' })).toEqual({ 'policies/a.yaml': [2] });
  });

  it('of a file with a name that has to be quoted are nobody else’s', async () => {
    const before = { 'policies/a.yaml': 'one\n' };
    const names = ['policies/b"\nx.yaml', 'policies/b\tx.yaml', 'policies/-- b/policies/a.yaml'];
    const after = { 'policies/a.yaml': 'two\n', ...Object.fromEntries(names.map((name) => [name, '1\n2\n3\n'])) };
    const { 'policies/a.yaml': lines, ...others } = await touched(before, after);
    expect(lines).toEqual([1]);
    expect(Object.keys(others)).toEqual(['policies/-- b/policies/a.yaml']);
  });

  it('are found in a folder with blanks, letters of other scripts or the look of an option or a pattern', async () => {
    for (const name of ['access policies', 'zugänge', '--output=x', 'p*']) {
      const before = { [`${name}/a.yaml`]: 'one\n', 'policies/a.yaml': 'one\n' };
      expect(await touched(before, { [`${name}/a.yaml`]: 'two\n', 'policies/a.yaml': 'two\n' }, name)).toEqual({ [`${name}/a.yaml`]: [1] });
    }
  });

  it('are seen also in a file that looks binary, or that attributes of the branch call so', async () => {
    expect(await touched({ 'policies/a.yaml': 'one\n\0\n' }, { 'policies/a.yaml': 'two\n\0\n' })).toEqual({ 'policies/a.yaml': [1] });
    const attributes = { '.gitattributes': '* -diff\n*.yaml binary\n' };
    expect(await touched({ 'policies/a.yaml': 'one\n' }, { ...attributes, 'policies/a.yaml': 'two\n' })).toEqual({
      'policies/a.yaml': [1],
    });
  });

  it('show whether any commit on the way ever took a line away, also one that a merge brought', async () => {
    const one = written.commit(null, { 'policies/a.yaml': 'one\n', 'other.md': 'one\n' });
    const more = written.commit(null, { 'policies/a.yaml': 'one\ntwo\n', 'policies/b.yaml': 'one\n', 'other.md': '' }, one);
    const side = written.commit(null, { 'policies/a.yaml': 'one\n', 'other.md': '' }, more);
    const back = written.commit(null, { 'policies/a.yaml': 'one\ntwo\n', 'policies/b.yaml': 'one\n', 'other.md': '' }, side);
    const whole = written.commit(null, { 'policies/a.yaml': 'one\ntwo\n', 'policies/b.yaml': 'one\n', 'new.md': '' }, more, back);
    const less = written.commit(null, { 'policies/a.yaml': 'one\n2\n', 'policies/b.yaml': 'one\n' }, whole);
    const gone = written.commit(null, { 'policies/a.yaml': 'one\ntwo\n' }, more, side);
    const objects = await openWith(less, gone);
    const lost = (commit: string) => objects.everLost(commit, 'policies');
    expect([await lost(one), await lost(more), await lost(whole)]).toEqual([false, false, false]);
    expect([await lost(side), await lost(less), await lost(gone), await lost(UNKNOWN)]).toEqual([true, true, true, true]);
  });

  it('are asked for where two commits differ in the folder at all', async () => {
    const root = written.commit(null, { 'policies/a.yaml': 'one\n', 'other.md': 'one' });
    const other = written.commit(null, { 'policies/a.yaml': 'one\n', 'other.md': 'two' }, root);
    const mine = written.commit(null, { 'policies/a.yaml': 'two\n', 'other.md': 'two' }, other);
    const mode = written.commit(null, { 'policies/a.yaml': { mode: '100755', content: 'two\n' }, 'other.md': 'two' }, mine);
    const objects = await openWith(mode);
    const differ = (a: string, b: string) => objects.differs(a, b, 'policies');
    expect([await differ(root, other), await differ(other, mine), await differ(mine, mode)]).toEqual([false, true, true]);
  });
});

describe('a hostile repository', () => {
  const load = async (tree: Record<string, Entry>) => {
    const commit = written.commit(MAIN, tree);
    const objects = await openWith(commit);
    const source = openCommitSource(await objects.listing(commit, 'policies'), 'policies/', objects.git);
    const loaded = await loadPolicies({ source, folder: 'policies', today: '2026-11-22', capabilitiesOf: () => CAPABILITIES, commit });
    return loaded.findings.map((one) => `${one.file}:${one.line} ${one.code}`);
  };

  it('is read like any other where nothing is wrong', async () => {
    expect(await load(files())).toEqual([]);
  });

  it('finds no link, no submodule and no program taken for a policy', async () => {
    const hostile = files({
      'teams/link.yaml': { mode: '120000', content: '/etc/passwd' },
      'teams/up.yaml': { mode: '120000', content: '../../../secret.yaml' },
      'teams/module.yaml': { mode: '160000', content: UNKNOWN },
      approvals: { mode: '120000', content: '../other' },
    });
    expect(await load(hostile)).toEqual([
      'policies/approvals:1 file-kind',
      'policies/teams/link.yaml:1 file-kind',
      'policies/teams/module.yaml:1 file-kind',
      'policies/teams/up.yaml:1 file-kind',
    ]);
  });

  it('finds its odd names said and made harmless', async () => {
    const hostile = files({
      'teams/--output=x.yaml': 'a',
      'teams/a\nb.yaml': 'a',
      'teams/"quoted".yaml': 'a',
      'teams/\u202egnp.yaml': 'a',
      'teams/deep/down.yaml': 'a',
      '-rf': 'a',
    });
    expect((await load(hostile)).toSorted()).toEqual([
      'policies/-rf:1 file-misplaced',
      'policies/teams/--output\\u{3d}x.yaml:1 file-name',
      'policies/teams/\\u{202e}gnp.yaml:1 file-name',
      'policies/teams/\\u{22}quoted\\u{22}.yaml:1 file-name',
      'policies/teams/a\\u{a}b.yaml:1 file-name',
      'policies/teams/deep:1 file-kind',
    ]);
  });

  it('finds a huge file refused by its size and never read', async () => {
    expect(await load(files({ 'teams/huge.yaml': '#'.repeat(256 * 1024 + 1) }))).toEqual(['policies/teams/huge.yaml:1 file-too-large']);
  });

  it('cannot be policies as a link or as a submodule', async () => {
    expect(await load({ policies: { mode: '120000', content: 'elsewhere' }, 'elsewhere/a.yaml': 'a' })).toEqual([
      'policies:1 policies-missing',
    ]);
    expect(await load({ policies: { mode: '160000', content: UNKNOWN } })).toEqual(['policies:1 policies-missing']);
  });

  it('cannot name one file twice, so that people see the one and rollcall reads the other', async () => {
    const blob = (text: string) => written.git(['hash-object', '-w', '--stdin'], text);
    const rows = Object.entries(GOOD).map(([name, content]) => `100644 blob ${blob(content)}\tpolicies/${name}`);
    const listing = [...rows, `100644 blob ${blob('members: []\n')}\tpolicies/teams/voice.yaml`].map((row) => row.replace('\t', ' 20\t'));
    const commit = written.commit(MAIN, files());
    const objects = await openWith(commit);
    const source = openCommitSource(new TextEncoder().encode(listing.join('\0')), 'policies/', objects.git);
    const { findings } = await loadPolicies({
      source,
      folder: 'policies',
      today: '2026-11-22',
      capabilitiesOf: () => CAPABILITIES,
      commit,
    });
    expect(findings.map((one) => `${one.file} ${one.code}`)).toContain('policies/teams/voice.yaml file-kind');
  });

  it('cannot make policies unreadable with more files than one process may bring', async () => {
    const commit = written.commit(MAIN, files({ 'teams/deep/down.yaml': 'a' }));
    const objects = await openWith(commit);
    const one = '1\n';
    const small: Git = {
      run: async (args, stdin) =>
        String(stdin).replace(/[0-9a-f]+/g, '1') === one ? objects.git.run(args, stdin) : { code: 1, stdout: new Uint8Array() },
    };
    const source = openCommitSource(await objects.listing(commit, 'policies'), 'policies/', small);
    const { findings } = await loadPolicies({
      source,
      folder: 'policies',
      today: '2026-11-22',
      capabilitiesOf: () => CAPABILITIES,
      commit,
    });
    expect(findings.map(({ code }) => code)).toEqual(['file-kind']);
  });

  it('gives the text of regular files alone, up to a size', async () => {
    const commit = written.commit(MAIN, {
      '.github/rollcall.pub': 'key\n',
      '.github/program': { mode: '100755', content: 'key\n' },
      '.github/link': { mode: '120000', content: 'rollcall.pub' },
      '.github/module': { mode: '160000', content: UNKNOWN },
      '.github/--help': 'odd\n',
      '.github/*': 'star\n',
    });
    const objects = await openWith(commit);
    const text = (file: string, maxBytes = 4) => objects.text(commit, file, maxBytes);
    expect([await text('.github/rollcall.pub'), await text('.github/program')]).toEqual(['key\n', 'key\n']);
    expect(await text('.github/rollcall.pub', 3)).toBeNull();
    for (const none of ['.github/link', '.github/module', '.github', '.github/none', 'rollcall.pub']) expect(await text(none)).toBeNull();
    expect([await text('.github/--help', 9), await text('.github/*', 9)]).toEqual(['odd\n', 'star\n']);
    expect(await objects.files(commit)).toEqual(
      new Map([
        ['.github/*', 'star\n'],
        ['.github/--help', 'odd\n'],
        ['.github/program', 'key\n'],
        ['.github/rollcall.pub', 'key\n'],
      ]),
    );
  });

  it('gives every file whole, whatever stands in it', async () => {
    const tree = { empty: '', 'a\nb': 'one\n\ntwo\0three', same: 'x', 'other/same': 'x', 'ä.json': '{"ä":"\u{1f600}"}' };
    const commit = written.commit(MAIN, tree);
    expect(await (await openWith(commit)).files(commit)).toEqual(new Map(Object.entries(tree)));
    const nothing = written.commit('refs/heads/nothing', {});
    expect(await (await openWith(nothing)).files(nothing)).toEqual(new Map());
  });
});

describe('somebody’s git configuration', () => {
  const use = async (objects: Objects, root: string, tip: string, other: string) => {
    await objects.bring([MAIN, 'refs/heads/other']);
    await objects.mergedTree(tip, other);
    await objects.touchedLines(root, tip, 'policies');
    await objects.differs(root, tip, 'policies');
    await objects.contains(tip, root);
    await objects.range(null, tip, 5);
    await objects.listing(tip, 'policies');
    await objects.text(tip, 'policies/a.yaml', 500);
    return objects.files(tip);
  };

  /** Both sides change one file, and attributes name drivers for it. */
  const history = (): [string, string, string] => {
    const attributes = { '.gitattributes': '* diff=evil merge=evil filter=evil\n' };
    const text = (line: string) => ({ ...attributes, 'policies/a.yaml': `${line}\n` });
    const root = written.commit(null, text('one'));
    return [root, written.commit(MAIN, text('two'), root), written.commit('refs/heads/other', text('three'), root)];
  };

  const evilConfig = (program: string) => ({
    'diff.external': program,
    'diff.evil.command': program,
    'diff.evil.textconv': program,
    'merge.evil.driver': program,
    'filter.evil.smudge': program,
    'core.fsmonitor': program,
    'core.sshCommand': program,
    'core.askPass': program,
    'core.alternateRefsCommand': program,
    'core.pager': program,
    'credential.helper': `!${program}`,
    'gpg.program': program,
    'log.showSignature': 'true',
  });

  it('in the environment and at home runs nothing', async () => {
    const [root, tip, other] = history();
    const trap = armTrap();
    const config = Object.entries(evilConfig(trap.program));
    const home = path.join(folder, 'home');
    mkdirSync(path.join(home, 'template', 'hooks'), { recursive: true });
    armHooks(path.join(home, 'template', 'hooks'), trap);
    writeFileSync(path.join(home, '.gitconfig'), config.map(([key, value]) => toConfig(key, value)).join(''));
    const env = {
      HOME: home,
      XDG_CONFIG_HOME: home,
      GIT_CONFIG_GLOBAL: path.join(home, '.gitconfig'),
      GIT_CONFIG_SYSTEM: path.join(home, '.gitconfig'),
      GIT_CONFIG_COUNT: String(config.length),
      ...Object.fromEntries(
        config.flatMap(([key, value], at) => [
          [`GIT_CONFIG_KEY_${at}`, key],
          [`GIT_CONFIG_VALUE_${at}`, value],
        ]),
      ),
      GIT_CONFIG_PARAMETERS: config.map(([key, value]) => `'${key}'='${value}'`).join(' '),
      GIT_EXTERNAL_DIFF: trap.program,
      GIT_ASKPASS: trap.program,
      GIT_SSH_COMMAND: trap.program,
      GIT_PAGER: trap.program,
      GIT_TEMPLATE_DIR: path.join(home, 'template'),
      GIT_DIR: path.join(folder, 'acme', 'access.git'),
    };
    const objects = await open({ git: realGit(env) });
    expect((await use(objects, root, tip, other)).get('policies/a.yaml')).toBe('two\n');
    expect(trap.sprung()).toBe(false);
    await realGit(env)(folder).run(['diff', root, tip]);
    expect(trap.sprung()).toBe(true);
  });

  it('sends nobody elsewhere, whichever way it comes', async () => {
    await server.stop();
    server = await startGitServer(folder, null);
    const elsewhere = await startGitServer(folder, null);
    const main = written.commit(MAIN, files());
    const [key, value] = [`url.${elsewhere.url}/.insteadOf`, `${server.url}/`];
    writeFileSync(path.join(folder, '.gitconfig'), toConfig(key, value));
    const ways = [
      { GIT_CONFIG_GLOBAL: path.join(folder, '.gitconfig') },
      { GIT_CONFIG_GLOBAL: undefined, HOME: folder },
      { GIT_CONFIG_GLOBAL: undefined, HOME: undefined, XDG_CONFIG_HOME: undefined, GIT_CONFIG_SYSTEM: path.join(folder, '.gitconfig') },
      { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: key, GIT_CONFIG_VALUE_0: value },
      { GIT_CONFIG_PARAMETERS: `'${key}'='${value}'` },
    ];
    for (const env of ways) expect((await (await open({ git: realGit(env), token: '' })).bring([MAIN])).get(MAIN)).toBe(main);
    expect(elsewhere.asked).toEqual([]);
    const way = realGit(ways[0] ?? {})(folder);
    expect((await way.run(['ls-remote', `${server.url}/acme/access.git`])).code).toBe(0);
    expect(elsewhere.asked).not.toEqual([]);
    await elsewhere.stop();
  });

  it('of another repository that started us is not ours to write to, and its template brings nothing', async () => {
    const [root, tip] = history();
    const other = path.join(folder, 'other.git');
    writeRepository(other);
    mkdirSync(path.join(folder, 'template', 'hooks'), { recursive: true });
    const env = { GIT_DIR: other, GIT_TEMPLATE_DIR: path.join(folder, 'template') };
    const objects = await open({ git: realGit(env) });
    await objects.bring([MAIN]);
    expect(await objects.contains(tip, root)).toBe(true);
    expect((await realGit()(other).run(['cat-file', '-e', root])).code).not.toBe(0);
    expect(existsSync(path.join(folder, 'objects.git', 'HEAD'))).toBe(true);
    expect(existsSync(path.join(folder, 'objects.git', 'hooks'))).toBe(false);
  });

  it('makes no line touched that is not', async () => {
    const root = written.commit(null, { 'policies/a.yaml': 'one\ntwo\nthree\n' });
    const tip = written.commit(MAIN, { 'policies/a.yaml': 'one\n2\nthree\n' }, root);
    const objects = await open({ git: realGit({ GIT_DIFF_OPTS: '--unified=3' }) });
    await objects.bring([MAIN]);
    expect(await objects.touchedLines(root, tip, 'policies')).toEqual(new Map([['policies/a.yaml', new Set([2])]]));
  });

  it('in the folder for git objects runs nothing', async () => {
    const [root, tip, other] = history();
    const trap = armTrap();
    const objects = await open();
    const { 'merge.evil.driver': _, ...config } = evilConfig(trap.program);
    const ours = path.join(folder, 'objects.git');
    writeFileSync(
      path.join(ours, 'config'),
      Object.entries({ 'core.bare': 'true', ...config })
        .map(([key, value]) => toConfig(key, value))
        .join(''),
    );
    mkdirSync(path.join(ours, 'info'), { recursive: true });
    writeFileSync(path.join(ours, 'info', 'attributes'), '* diff=evil\n');
    mkdirSync(path.join(ours, 'hooks'), { recursive: true });
    armHooks(path.join(ours, 'hooks'), trap);
    expect((await use(objects, root, tip, other)).get('policies/a.yaml')).toBe('two\n');
    expect(trap.sprung()).toBe(false);
    await objects.git.run(['diff', root, tip]);
    expect(trap.sprung()).toBe(true);
  });
});

interface Trap {
  readonly program: string;
  sprung(): boolean;
}

/** A program that leaves a trace when anything runs it. */
function armTrap(): Trap {
  const [program, trace] = [path.join(folder, 'trap'), path.join(folder, 'sprung')];
  writeFileSync(program, `#!/bin/sh\ntouch '${trace}'\n`);
  chmodSync(program, 0o755);
  return { program, sprung: () => existsSync(trace) };
}

function armHooks(hooks: string, { program }: Trap): void {
  for (const hook of ['reference-transaction', 'post-checkout', 'post-merge', 'pre-auto-gc', 'fsmonitor-watchman']) {
    writeFileSync(path.join(hooks, hook), `#!/bin/sh\nexec '${program}'\n`);
    chmodSync(path.join(hooks, hook), 0o755);
  }
}

/** `diff.evil.command` as a section of a configuration file. */
function toConfig(key: string, value: string): string {
  const [section = '', ...rest] = key.split('.');
  const name = rest.pop() ?? '';
  return `[${section}${rest.length === 0 ? '' : ` "${rest.join('.')}"`}]\n\t${name} = ${value}\n`;
}
