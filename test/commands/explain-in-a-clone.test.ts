import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { makeKeyPair } from '../../src/apply/signatures.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { runCli } from '../../src/run-cli.ts';
import { createOffice, type Office } from '../scenarios/github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, SUPPORT, team } from '../scenarios/support/company.ts';

const never = new AbortController().signal;
const real = createRealWorld(process, never, never);
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
let folder: string;
let clones = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-clone-'));
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'carol'] }, [SUPPORT]: { admin: ['ada'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'carol member', 'trent admin'], [SUPPORT]: ['ada admin'] },
  });
  await office.begin();
  const joins = await office.propose('ada', 'Hedy joins, Bob leaves', {
    'people/hedy.yaml': peopleFile(['hedy']),
    [MEMBERS]: team(PRODUCTION, 'member', ['carol', 'hedy']),
  });
  await office.plan(joins);
  await office.approve(joins, 'grace');
  await office.merge(joins);
  await office.apply();
  office.hours(2);
  await office.drift();
}, 60_000);

afterAll(async () => {
  await office.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A clone of the repository as anybody has it, and what it may be done to before anything is asked. */
async function clone(...spoil: readonly (readonly string[])[]): Promise<string> {
  clones += 1;
  const target = path.join(folder, `clone-${clones}`);
  const { stdout } = await office.people.repository.git.run(['rev-parse', '--absolute-git-dir']);
  const from = new TextDecoder().decode(stdout).trim();
  expect((await real.git(folder).run(['clone', '--quiet', '--branch', 'main', from, target])).code).toBe(0);
  for (const args of spoil) expect((await real.git(target).run(args)).code, args.join(' ')).toBe(0);
  return target;
}

/** One command in a clone, hours later, on a machine with nothing in its environment and no way out. */
async function run(inside: string, argv: readonly string[], columns = 120) {
  const out = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[name] += text;
    },
    isTerminal: false,
    columns,
  });
  const exit = await runCli([...argv, '--policies', path.join(inside, 'policies')], {
    ...real,
    env: {},
    clock: { now: () => Date.parse(office.now()) + 3 * 3_600_000, sleep: async () => undefined },
    openHttp: () => Promise.reject(new Error('nothing is sent')),
    openStorage: () => openMemoryStorage(),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
  });
  return { exit, ...out, flat: out.stdout.replaceAll(/\s+/g, ' ') };
}

/** The lines below the heading of one account. */
function below(flat: string, account: string): string {
  return flat.slice(flat.lastIndexOf(` ${account} Since`) + 1);
}

const AGE = 'as of 2026-11-23 11:03 UTC (3 hours ago): `git fetch` brings what is newer';

describe('explain in a clone, without a key and without the network', () => {
  test('says since when, by which pull request and who approved it, and shows live as it was last observed', async () => {
    const { exit, flat } = await run(await clone(), ['explain', 'hedy@acme.example']);
    expect(exit).toBe(0);
    expect(flat).toContain('telnyx-production telnyx sub-users member member member (invited) 2026-11-23 pending');
    expect(below(flat, PRODUCTION)).toMatch(
      /^telnyx-production Since 2026-11-23 09:03 UTC, by pull request 1, approved by grace\. Pending: /,
    );
    expect(flat).toContain('Pending: invited, and not accepted as of 2026-11-23 11:03 UTC');
    expect(flat.trimEnd().endsWith(`Note: the ledger and live are what this clone has of rollcall-state, ${AGE}`)).toBe(true);
  });

  test('says of somebody who left when they were deleted, and by whose approval', async () => {
    const { flat } = await run(await clone(), ['explain', 'bob@acme.example']);
    expect(flat).toContain('Deleted 2026-11-23 09:03 UTC, by pull request 1, approved by grace.');
    expect(flat).not.toContain('not recorded');
  });

  test('says of somebody whom no grant gives anything that they were there when supervision began', async () => {
    const { flat } = await run(await clone(), ['explain', 'trent@acme.example']);
    expect(flat).toContain('Since 2026-11-23 09:00 UTC at the latest: rollcall found it there.');
    expect(flat).toContain('Note: no grant gives this: it was there when supervision began');
  });

  test('says who can, each with since when and by whom, and who can without a grant', async () => {
    const { flat } = await run(await clone(), ['explain', '--account', PRODUCTION, '--role', 'member']);
    expect(flat).toContain('member in telnyx-production: 2 people');
    expect(flat).toContain(
      'hedy@acme.example (Hedy) Since 2026-11-23 09:03 UTC, by pull request 1, approved by grace. Live: member (invited)',
    );
    expect(flat).toContain('Note: admin can do all of this, too: 2 people, `rollcall explain --account telnyx-production --role admin`');
    const admins = await run(await clone(), ['explain', '--account', PRODUCTION, '--role', 'admin', '--format', 'json']);
    const { principals, others } = JSON.parse(admins.stdout);
    expect(principals.map((one: { principal: string }) => one.principal)).toEqual(['ada@acme.example', 'grace@acme.example']);
    expect(others).toMatchObject([{ principal: 'trent@acme.example', grants: [], provenance: { how: 'found', by: null, pull: null } }]);
  });

  test('gives the same facts as a document', async () => {
    const { stdout } = await run(await clone(), ['explain', 'hedy@acme.example', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      principal: 'hedy@acme.example',
      accounts: [
        {
          provenance: { since: '2026-11-23T09:03:00.000Z', how: 'applied', by: 'pull 1', pull: 1, approved_by: ['grace'] },
          live: { status: 'invited', at: '2026-11-23T11:03:00.000Z' },
          owed: [],
          state: ['pending'],
        },
      ],
      notes: [`the ledger and live are what this clone has of rollcall-state, ${AGE}`],
    });
  });

  test('takes the branch that somebody has here where nothing was fetched', async () => {
    const inside = await clone(
      ['update-ref', 'refs/heads/rollcall-state', 'refs/remotes/origin/rollcall-state'],
      ['update-ref', '-d', 'refs/remotes/origin/rollcall-state'],
    );
    expect((await run(inside, ['explain', 'hedy@acme.example'])).flat).toContain('by pull request 1, approved by grace');
  });

  test('goes on with policy alone where the branch was never fetched, and says once what it then cannot know', async () => {
    const inside = await clone(['update-ref', '-d', 'refs/remotes/origin/rollcall-state']);
    const { exit, flat } = await run(inside, ['explain', 'ada@acme.example']);
    expect(exit).toBe(0);
    expect(flat).toContain('admin through team telnyx-production-admin: Needs it for work (OPS-1)');
    expect(flat.match(/Note: /g)).toHaveLength(2);
    expect(flat).toContain(
      'Note: there is no ledger here, and this clone has no branch rollcall-state: `git fetch origin rollcall-state:refs/remotes/origin/rollcall-state` brings it once the first run on GitHub has made it; since when and by which pull request, what is owed and whose keys stay behind cannot be known here Note: live was not read: give --observation FILE to see it',
    );
  });

  test('fetches nothing that a partial clone left out, and says so', async () => {
    const target = path.join(folder, 'partial');
    const { stdout } = await office.people.repository.git.run(['rev-parse', '--absolute-git-dir']);
    const url = `file://${new TextDecoder().decode(stdout).trim()}`;
    await office.people.repository.git.run(['config', 'uploadpack.allowFilter', 'true']);
    const filter = ['clone', '--quiet', '--branch', 'main', '--filter=blob:none', url, target];
    expect((await real.git(folder).run(filter)).code).toBe(0);
    const { exit, flat } = await run(target, ['explain', 'ada@acme.example']);
    expect(exit).toBe(0);
    expect(flat).toContain('and this clone has left out objects of rollcall-state: clone it without a filter');
  });

  test('leaves the clone as it is', async () => {
    const inside = await clone();
    await run(inside, ['explain', 'ada@acme.example']);
    await run(inside, ['ledger', 'verify']);
    const { stdout } = await real.git(inside).run(['status', '--porcelain', '--ignored']);
    expect(new TextDecoder().decode(stdout)).toBe('');
    expect((await real.git(inside).run(['config', 'core.bare'])).stdout.toString().trim()).toBe('false');
  });
});

describe('somebody else wrote to the branch', () => {
  /** A commit on top of the state branch in which one word of the ledger is another. */
  async function forged(from: string, to: string): Promise<string> {
    const inside = await clone(['checkout', '--quiet', '-b', 'forged', 'refs/remotes/origin/rollcall-state']);
    const file = path.join(inside, 'ledger', '00000001.jsonl');
    const text = await readFile(file, 'utf8');
    expect(text).toContain(from);
    await writeFile(file, text.replace(from, to));
    const git = real.git(inside);
    const by = ['-c', 'user.name=Mallory', '-c', 'user.email=mallory@acme.example'];
    expect((await git.run([...by, 'commit', '--quiet', '--all', '-m', 'Ledger from record 1'])).code).toBe(0);
    await git.run(['update-ref', 'refs/remotes/origin/rollcall-state', 'HEAD']);
    expect((await git.run(['checkout', '--quiet', 'main'])).code).toBe(0);
    return inside;
  }

  test('explain shows nothing of it, and still says what policy gives', async () => {
    const { exit, flat } = await run(await forged('"by":["grace"]', '"by":["mallory"]'), ['explain', 'hedy@acme.example']);
    expect(exit).toBe(0);
    expect(flat).toContain('member through team telnyx-production-member');
    expect(flat).toContain(
      'Note: what this clone has of rollcall-state does not verify, so nothing of it is shown (rollcall-state: record 14',
    );
    expect(flat).not.toContain('mallory');
  });

  test('ledger verify names the record, and so does ledger show', async () => {
    const inside = await forged('"by":["grace"]', '"by":["mallory"]');
    for (const command of ['verify', 'show']) {
      const { exit, stderr, stdout } = await run(inside, ['ledger', command]);
      expect([exit, stdout]).toEqual([9, '']);
      expect(stderr).toContain('rollcall-state: record 14 does not verify (its hash is another)');
    }
  });

  test('ledger verify finds an older ledger that was put back, of which every record verifies', async () => {
    const inside = await clone();
    const git = real.git(inside);
    const { stdout } = await git.run(['rev-list', '--first-parent', 'refs/remotes/origin/rollcall-state', '--', 'ledger']);
    const older = new TextDecoder().decode(stdout).trim().split('\n').at(-1) ?? '';
    const by = ['-c', 'user.name=Mallory', '-c', 'user.email=mallory@acme.example'];
    const put = await git.run([...by, 'commit-tree', `${older}^{tree}`, '-p', 'refs/remotes/origin/rollcall-state', '-m', 'Back']);
    await git.run(['update-ref', 'refs/remotes/origin/rollcall-state', new TextDecoder().decode(put.stdout).trim()]);
    const { exit, stderr } = await run(inside, ['ledger', 'verify']);
    expect(exit).toBe(9);
    expect(stderr).toContain('a commit took records away that were there before it');
  });

  test('a branch of that name without a ledger is none', async () => {
    const inside = await clone(['update-ref', 'refs/remotes/origin/rollcall-state', 'refs/remotes/origin/main']);
    expect((await run(inside, ['explain', 'ada@acme.example'])).flat).toContain('nothing of it is shown (there is no record on it)');
    expect(await run(inside, ['ledger', 'verify'])).toMatchObject({ exit: 9, stderr: expect.stringContaining('ledger/ does not verify') });
  });

  test('records that are signed by a key that the commit at hand does not have count for nothing', async () => {
    const inside = await clone();
    const key = `${makeKeyPair().publicLine}\n`;
    await writeFile(path.join(inside, '.github', 'rollcall.pub'), key);
    const by = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example'];
    await real.git(inside).run([...by, 'commit', '--quiet', '--all', '-m', 'Another key']);
    expect((await run(inside, ['explain', 'ada@acme.example'])).flat).toContain('it is signed by a key that is not known');
    expect((await run(inside, ['ledger', 'verify'])).exit).toBe(9);
  });
});

describe('the ledger in a clone', () => {
  test('is verified with the public keys of the commit at hand', async () => {
    const { exit, stdout } = await run(await clone(), ['ledger', 'verify']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^Verified\. \d+ records, each bound to the one before and signed by a key of \.github\/rollcall\.pub at HEAD\. Head: sha256:/,
    );
    expect(stdout).toContain('its newest record is of 2026-11-23 11:03 UTC. `git fetch` brings what is newer.');
  });

  test('is shown, and says on the log which commit it is', async () => {
    const { exit, stdout, stderr } = await run(await clone(), ['ledger', 'show', '--account', PRODUCTION]);
    expect(exit).toBe(0);
    expect(stdout).toContain('pull request 1 taken in (approved by grace)');
    expect(stderr).toContain('This is rollcall-state as this clone has it, commit ');
  });

  test('is not there where the branch was never fetched, and it says how to get it', async () => {
    const inside = await clone(['update-ref', '-d', 'refs/remotes/origin/rollcall-state']);
    const { exit, stdout } = await run(inside, ['ledger', 'verify']);
    expect(exit).toBe(0);
    expect(stdout).toContain('And this clone has no branch rollcall-state: `git fetch origin rollcall-state:');
  });
});

test('on a terminal of 40 columns every line fits but for a path that has no space', async () => {
  const inside = await clone();
  for (const argv of [
    ['explain', 'ada@acme.example'],
    ['explain', '--account', PRODUCTION, '--role', 'member'],
  ]) {
    const { stdout } = await run(inside, argv, 40);
    expect(stdout.split('\n').filter((line) => line.length > 40)).toEqual([]);
  }
});

test('an account that the newest run could not read is shown as it was last read, and that is said with the time', async () => {
  office.hours(5);
  await office.drift({ env: { TELNYX_SUPPORT_API_KEY: undefined } });
  const { flat } = await run(await clone(), ['explain', 'ada@acme.example']);
  expect(flat.match(/Note: live was last read here/g)).toHaveLength(1);
  expect(below(flat, SUPPORT)).toContain('Note: live was last read here 2026-11-23 11:03 UTC, and not since');
  expect(flat).toContain('as of 2026-11-23 16:03 UTC (3 hours ago)');
});
