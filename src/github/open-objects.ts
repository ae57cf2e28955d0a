import { RollcallError } from '../errors.ts';
import type { Git } from '../ports.ts';
import { visible } from '../text/encode.ts';

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Git objects of the repository, fetched into a bare repository of our own: policies are read as data, no work tree is ever made. */
export interface Objects {
  readonly git: Git;
  /** Brings commits here; refs are whole names on the server such as `refs/heads/main`. Returns the commit of each, null where there is none. */
  bring(refs: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  mergeBase(a: string, b: string): Promise<string | null>;
  /** Whether `ancestor` is `commit` or comes before it. An unknown commit proves nothing, so it says no. */
  contains(commit: string, ancestor: string): Promise<boolean>;
  /** Along first parents, newest first: every commit that `to` has and `from` has not, at most `most`. */
  range(from: string | null, to: string, most: number): Promise<readonly string[]>;
  /** Every commit that `to` has and `from` has not, merged ones too, at most `most`. */
  brought(from: string, to: string, most: number): Promise<ReadonlySet<string>>;
  /** Its first parent, or null at a root. */
  parent(commit: string): Promise<string | null>;
  /** The tree that a merge of both would have, without making it; null where texts collide. */
  mergedTree(ours: string, theirs: string): Promise<string | null>;
  /** `git ls-tree -r -z -l` of a folder of a commit or tree. */
  listing(treeish: string, folder: string): Promise<Uint8Array>;
  /** A file's text, or null when it is not there (or no regular file, or larger than allowed). */
  text(treeish: string, path: string, maxBytes: number): Promise<string | null>;
  /** Every regular file below a folder, by path inside it. */
  files(treeish: string): Promise<ReadonlyMap<string, string>>;
  /** Whether two commits differ in a folder. */
  differs(a: string, b: string, folder: string): Promise<boolean>;
  /** Whether any commit on the way to `tip`, along first parents, took a line away from a folder. */
  everLost(tip: string, folder: string): Promise<boolean>;
  /** The lines of the newer side that differ, by path. */
  touchedLines(older: string, newer: string, folder: string): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
}

export interface ObjectsInput {
  /** Opens git in a folder. */
  readonly git: (folder: string) => Git;
  /** Where the bare repository is made, or already is. */
  readonly folder: string;
  /** `https://github.com/acme/access`. */
  readonly url: string;
  readonly token: string;
}

/** Nothing of a machine's or a person's configuration has a say in what is fetched and how it is read, and nothing asks for a password. */
const PLAIN: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_COUNT: '0',
  GIT_CONFIG_PARAMETERS: '',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_DIFF_OPTS: '',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
};

export async function openObjects({ git: gitIn, folder, url, token }: ObjectsInput): Promise<Objects> {
  // No template either: it could bring hooks and attributes.
  const made = await gitIn('.').run(['init', '--quiet', '--bare', '--template=', '--', folder], undefined, PLAIN);
  if (made.code !== 0) throw new RollcallError('objectsUnreadable', visible(folder, 200), 'the folder for git objects cannot be made');
  const inside = gitIn(folder);
  // Whoever started us inside another repository's hook would have set GIT_DIR.
  const git: Git = { run: (args, stdin, env) => inside.run(args, stdin, { ...PLAIN, GIT_DIR: '.', ...env }) };
  const once = rememberAnswers();
  return {
    git,
    bring: (refs) => bringRefs(git, url, token, refs),
    mergeBase: (a, b) => once(['mergeBase', a, b], async () => commitOf(await git.run(['merge-base', known(a), known(b)]))),
    contains: (commit, ancestor) =>
      once(
        ['contains', commit, ancestor],
        async () => (await git.run(['merge-base', '--is-ancestor', known(ancestor), known(commit)])).code === 0,
      ),
    range: async (from, to, most) =>
      listCommits(git, url, ['--first-parent', `--max-count=${most}`, known(to), ...(from === null ? [] : [`^${known(from)}`])]),
    brought: async (from, to, most) => new Set(await listCommits(git, url, [`--max-count=${most}`, known(to), `^${known(from)}`])),
    parent: (commit) =>
      once(['parent', commit], async () => commitOf(await git.run(['rev-parse', '--verify', '--quiet', `${known(commit)}^1`]))),
    mergedTree: (ours, theirs) => once(['mergedTree', ours, theirs], () => mergeTrees(git, ours, theirs)),
    listing: (treeish, inFolder) => once(['listing', treeish, inFolder], () => listTree(git, known(treeish), inFolder)),
    text: (treeish, path, maxBytes) => once(['text', treeish, path, String(maxBytes)], () => readText(git, known(treeish), path, maxBytes)),
    files: (treeish) => once(['files', treeish], () => readFiles(git, known(treeish))),
    differs: (a, b, inFolder) =>
      once(['differs', a, b, inFolder], async () => (await git.run([...DIFF, '--quiet', known(a), known(b), '--', inFolder])).code !== 0),
    everLost: async (tip, inFolder) => {
      const log = [
        'log',
        '-m',
        '--first-parent',
        '--no-renames',
        '--no-ext-diff',
        '--no-textconv',
        '--numstat',
        '--format=',
        known(tip),
        '--',
        inFolder,
      ];
      const { code, stdout } = await git.run(log);
      // A file that is no text has a dash for its count: nothing of ours has.
      return code !== 0 || lines(stdout).some((line) => !/^\d+\t0\t/.test(line));
    },
    touchedLines: async (older, newer, inFolder) => {
      const { code, stdout } = await git.run([...DIFF, '--patch', '--unified=0', known(older), known(newer), '--', inFolder]);
      if (code !== 0) throw new RollcallError('objectsUnreadable', visible(newer), 'the lines it changes cannot be listed');
      return touchedIn(new TextDecoder().decode(stdout));
    },
  };
}

/**
 * What was answered about objects by their whole names is answered again without git: an object never changes. A no and a nothing are
 * asked once more, because a later fetch may bring what was missing; so is what failed.
 */
function rememberAnswers(): <T>(question: readonly string[], ask: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, Promise<unknown>>();
  return <T>(question: readonly string[], ask: () => Promise<T>): Promise<T> => {
    const key = question.join('\0');
    const forget = () => answers.delete(key);
    const answer = (answers.get(key) as Promise<T> | undefined) ?? (async () => ask())();
    answers.set(key, answer);
    answer.then((given) => (given === null || given === false ? forget() : undefined), forget);
    return answer;
  };
}

async function listTree(git: Git, treeish: string, folder: string): Promise<Uint8Array> {
  const { code, stdout } = await git.run(['ls-tree', '-r', '-z', '-l', '--full-tree', treeish, '--', folder === '' ? '.' : folder]);
  if (code !== 0) throw new RollcallError('objectsUnreadable', visible(treeish), 'its files cannot be listed');
  return stdout;
}

async function listCommits(git: Git, url: string, args: readonly string[]): Promise<string[]> {
  const { code, stdout } = await git.run(['rev-list', ...args]);
  if (code !== 0) throw new RollcallError('objectsUnreadable', visible(url, 200), 'its commits cannot be listed');
  return lines(stdout);
}

/** Attributes in a tree have no say: everything is text, and no driver of anybody's is run. */
const DIFF = ['-c', 'core.quotePath=false', 'diff-tree', '-r', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--text'];

/** A commit or tree by its whole name only: nothing that could be read as an option or as another ref. */
function known(id: string): string {
  if (!COMMIT.test(id)) throw new RollcallError('objectsUnreadable', visible(id), 'it is not the whole name of a commit');
  return id;
}

/** What no server can have as a ref, and what could be read as an option, a pattern or two refs. */
function wholeRef(ref: string): string {
  if (!/^refs\/[^\s~^:?*[\\\x00-\x1f\x7f]+$/.test(ref))
    throw new RollcallError('objectsUnreadable', visible(ref, 200), 'it is not the whole name of a ref');
  return ref;
}

async function mergeTrees(git: Git, ours: string, theirs: string): Promise<string | null> {
  const answer = await git.run(['merge-tree', '--write-tree', '--no-messages', known(ours), known(theirs)]);
  // Of texts that collide it prints a tree, too; without one it did not get that far.
  if (!COMMIT.test(lines(answer.stdout)[0] ?? ''))
    throw new RollcallError('objectsUnreadable', visible(theirs), 'the merged result cannot be made, which takes git 2.38 or newer');
  return commitOf(answer);
}

async function bringRefs(git: Git, url: string, token: string, named: readonly string[]): Promise<Map<string, string | null>> {
  const refs = named.map(wholeRef);
  const { origin, protocol } = new URL(url);
  const credential = Buffer.from(`x-access-token:${token}`).toString('base64');
  // In the environment, so that it stands in no process list and in no configuration file.
  const env: Record<string, string> =
    token === ''
      ? {}
      : {
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: `http.${origin}/.extraheader`,
          GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${credential}`,
        };
  const allowed = protocol === 'http:' ? 'http' : 'https';
  const safe = ['-c', 'protocol.allow=never', '-c', `protocol.${allowed}.allow=always`, '-c', 'http.followRedirects=false'];
  const remote = `${url}.git`;
  const listed = await git.run([...safe, 'ls-remote', '--quiet', remote, ...refs], undefined, env);
  if (listed.code !== 0) throw new RollcallError('objectsUnreadable', visible(url, 200), 'its refs cannot be listed with this token');
  const tips = new Map<string, string>();
  for (const line of lines(listed.stdout)) {
    const [commit = '', ref = ''] = line.split('\t');
    if (COMMIT.test(commit)) tips.set(ref, commit);
  }
  const before = await readLocal(git);
  const specs = refs.filter((ref) => tips.has(ref) && before.get(localOf(ref)) !== tips.get(ref)).map((ref) => `+${ref}:${localOf(ref)}`);
  const options = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-auto-gc', '--no-write-fetch-head'];
  if (specs.length > 0 && (await git.run([...safe, ...options, remote, ...specs], undefined, env)).code !== 0) {
    throw new RollcallError('objectsUnreadable', visible(url, 200), 'its commits cannot be fetched with this token');
  }
  // The branch may have moved between the two requests: what counts is what is here.
  const after = specs.length > 0 ? await readLocal(git) : before;
  return new Map(refs.map((ref) => [ref, tips.has(ref) ? (after.get(localOf(ref)) ?? null) : null]));
}

/** Where a ref of the server is kept here. */
function localOf(ref: string): string {
  return `refs/rollcall/${ref.replace(/^refs\//, '')}`;
}

async function readLocal(git: Git): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/rollcall']);
  return new Map(lines(stdout).map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}

async function readText(git: Git, treeish: string, path: string, maxBytes: number): Promise<string | null> {
  const { stdout } = await git.run(['ls-tree', '-z', '-l', '--full-tree', treeish, '--', path]);
  const match = /^100\d{3} blob ([0-9a-f]+) +(\d+)\t/.exec(new TextDecoder().decode(stdout));
  if (match?.[1] === undefined || Number(match[2]) > maxBytes) return null;
  const { code, stdout: bytes } = await git.run(['cat-file', 'blob', match[1]]);
  return code === 0 ? new TextDecoder().decode(bytes) : null;
}

async function readFiles(git: Git, treeish: string): Promise<Map<string, string>> {
  const { code, stdout } = await git.run(['ls-tree', '-r', '-z', '--full-tree', treeish]);
  if (code !== 0) throw new RollcallError('objectsUnreadable', visible(treeish), 'its files cannot be listed');
  const entries = new TextDecoder()
    .decode(stdout)
    .split('\0')
    .map((line) => /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(line))
    .filter((match) => match !== null);
  const batch = await git.run(['cat-file', '--batch'], `${entries.map((match) => match[1]).join('\n')}\n`);
  if (batch.code !== 0) throw new RollcallError('objectsUnreadable', visible(treeish), 'its files cannot be read');
  const files = new Map<string, string>();
  let at = 0;
  for (const match of entries) {
    const end = batch.stdout.indexOf(10, at);
    const [, type, bytes] = new TextDecoder().decode(batch.stdout.subarray(at, end)).split(' ');
    if (type !== 'blob') throw new RollcallError('objectsUnreadable', visible(treeish), 'its files cannot be read');
    const size = Number(bytes);
    files.set(match[2] ?? '', new TextDecoder().decode(batch.stdout.subarray(end + 1, end + 1 + size)));
    at = end + 1 + size + 1;
  }
  return files;
}

/**
 * The `+` sides of the hunks of a patch without context. Lines of a file are counted off and never looked at: one of them may read like
 * the head of another file. A name that git has to quote is no policy's, and its lines are nobody else's.
 */
function touchedIn(patch: string): Map<string, Set<number>> {
  const touched = new Map<string, Set<number>>();
  let file = new Set<number>();
  let left = 0;
  for (const line of patch.split('\n')) {
    if (line.startsWith('\\')) continue;
    if (left > 0) {
      left -= 1;
      continue;
    }
    if (line.startsWith('diff --git ')) file = new Set();
    const named = /^\+\+\+ b\/([^\t]*)/.exec(line)?.[1];
    if (named !== undefined) touched.set(named, file);
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const [gone, from, come] = [Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)];
    for (let at = from; at < from + come; at += 1) file.add(at);
    left = gone + come;
  }
  return touched;
}

function commitOf({ code, stdout }: { readonly code: number; readonly stdout: Uint8Array }): string | null {
  const text = code === 0 ? (lines(stdout)[0] ?? '') : '';
  return COMMIT.test(text) ? text : null;
}

function lines(bytes: Uint8Array): string[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '');
}
