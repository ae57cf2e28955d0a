import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSigner, readPublicKeys } from '../../src/apply/signatures.ts';
import { keygen } from '../../src/commands/keygen.ts';
import { VERSION } from '../../src/version.ts';
import { COMMIT, type Desk, GIVEN, KEY, ORIGIN, openDesk, openTelnyx } from './init-world.ts';
import { openCommandWorld } from './keygen-world.ts';

const TWILIO = `twilio-main=twilio,organization=OR${'0'.repeat(31)}1,scope=AC${'0'.repeat(31)}1`;
const BOTH = ['telnyx-production=telnyx', TWILIO];
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@acme.example', ...args], { cwd: folder, encoding: 'utf8' }).trim();

const refusal = (desk: Desk, flags: Parameters<Desk['init']>[0]) =>
  desk.init({ ...GIVEN, ...flags }).then(
    () => 'it was not refused',
    (error: Error) => error.message.replaceAll(desk.home, '/home/ada'),
  );

describe('init', () => {
  test('writes a repository in which nothing is wrong, and says the next three steps', async () => {
    const desk = await openDesk();
    const { exit, out } = await desk.init({ ...GIVEN, add: BOTH });
    expect(Object.keys(await desk.tree())).toEqual([
      '.github/CODEOWNERS',
      '.github/rollcall.pub',
      '.github/workflows/apply.yml',
      '.github/workflows/drift.yml',
      '.github/workflows/plan.yml',
      '.github/workflows/validate.yml',
      '.gitignore',
      '.vscode/settings.json',
      'README.md',
      'policies/accounts/telnyx-production.yaml',
      'policies/accounts/twilio-main.yaml',
      'schemas/account-names.schema.json',
      'schemas/account.schema.json',
      'schemas/approval.schema.json',
      'schemas/people.schema.json',
      'schemas/roster.schema.json',
      'schemas/team.schema.json',
    ]);
    await expect(out).toMatchFileSnapshot('./init.golden.txt');
    expect(exit).toBe(0);
  });

  test('says the same as a document', async () => {
    const desk = await openDesk();
    const { exit, out } = await desk.init({ ...GIVEN, add: ['telnyx-production=telnyx'] }, 'json');
    expect(JSON.parse(out)).toEqual({
      format_version: '1.0',
      folder: '/home/ada/access',
      made: Object.keys(await desk.tree()),
      kept: [],
      probes: [
        {
          account: 'telnyx-production',
          api: 'sub-users',
          credential: 'not asked',
          words: 'TELNYX_PRODUCTION_API_KEY is not set here, so `sub-users` is a guess; `rollcall doctor` asks once it is',
        },
      ],
      findings: [],
    });
    expect(exit).toBe(0);
  });

  test('says as a document what to add by hand', async () => {
    const desk = await openDesk();
    await desk.init({ ...GIVEN, add: [TWILIO] });
    const { out } = await desk.init({ ...GIVEN, add: ['telnyx-production=telnyx'] }, 'json');
    const { made, kept } = JSON.parse(out);
    expect(made).toEqual(['policies/accounts/telnyx-production.yaml']);
    expect(kept).toContainEqual({
      file: '.github/workflows/drift.yml',
      same: false,
      why: 'Add by hand on the step that runs rollcall, under env, or its account cannot be read there:',
      missing: [`TELNYX_PRODUCTION_API_KEY: \${{ secrets.TELNYX_PRODUCTION_API_KEY }}`],
    });
    expect(kept).toContainEqual({ file: '.gitignore', same: true, why: null, missing: [] });
  });

  test('names commands that may be pasted as they stand: the public key lands on a line of its own', async () => {
    const desk = await openDesk();
    const { out } = await desk.init({ ...GIVEN, add: BOTH });
    expect(out).toContain('     rollcall keygen --out key >> .github/rollcall.pub\n');
    const world = openCommandWorld();
    await keygen(world.run({ out: 'key' }));
    const keys = readPublicKeys(`${(await desk.tree())['.github/rollcall.pub']}${world.out()}`);
    const signer = createSigner(world.files.get('key') ?? '');
    expect(keys.verify(signer.keyId, 'ada', signer.sign('ada'))).toBe(true);
  });

  test('is told in 40 columns, where only what is copied is longer', async () => {
    const desk = await openDesk();
    desk.columns = 40;
    const { out } = await desk.init({ ...GIVEN, add: BOTH });
    const long = out.split('\n').filter((line) => line.length > 40 && !/^ {5}\S|^ {2}made {2}|acme\/rollcall@/.test(line));
    expect(long).toEqual([]);
  });
});

describe('init overwrites nothing:', () => {
  test('every file that is there stays, whatever is in it', async () => {
    const desk = await openDesk();
    await desk.init({ ...GIVEN, add: BOTH });
    const files = Object.keys(await desk.tree()).filter((file) => !file.startsWith('policies/'));
    for (const file of files) await writeFile(path.join(desk.folder, file), `mine, beside rollcall: ${file}\n`);
    const before = await desk.tree();
    const { out } = await desk.init({ ...GIVEN, add: BOTH });
    expect(await desk.tree()).toEqual(before);
    expect(out).toContain('Nothing was missing, so nothing was written.');
    expect(out).not.toContain('  made  ');
    expect(out.match(/ {2}kept {2}.*, which differs/g)).toHaveLength(files.length + 2);
  });

  test('what is as this rollcall writes it is counted, and what matters and is missing is said', async () => {
    const desk = await openDesk();
    await desk.init({ ...GIVEN, add: ['telnyx-production=telnyx'] });
    const { exit, out } = await desk.init({ add: [TWILIO], owner: 'root@acme.example' });
    expect(out).toMatch(/^ {2}made {2}policies\/accounts\/twilio-main\.yaml$/m);
    expect(out).toMatch(/^ {2}kept {2}\d+ files as this rollcall writes them$/m);
    expect(out).toContain(
      [
        '  kept  .github/workflows/apply.yml, which differs',
        '        Add by hand on the step that runs rollcall, under env, or its account cannot be read there:',
        `          TWILIO_MAIN_ACCOUNT_SID: \${{ secrets.TWILIO_MAIN_ACCOUNT_SID }}`,
      ].join('\n'),
    );
    expect(out).toMatch(/ {2}kept {2}schemas\/account-names\.schema\.json, which differs\n.*\n {10}"twilio-main"\n/);
    expect(exit).toBe(0);
  });

  test('what is missing of a repository is written anew, from what the others say', async () => {
    const desk = await openDesk();
    await desk.init({ ...GIVEN, add: BOTH });
    const before = await desk.tree();
    for (const file of ['.github/workflows/drift.yml', 'schemas/team.schema.json', '.github/CODEOWNERS'])
      await rm(path.join(desk.folder, file));
    const { exit } = await desk.init({ security: '@acme/security' });
    expect(await desk.tree()).toEqual(before);
    expect(exit).toBe(0);
  });

  test('a CODEOWNERS at the top is the one that counts, so none is put before it', async () => {
    const desk = await openDesk();
    await mkdir(desk.folder);
    await writeFile(path.join(desk.folder, 'CODEOWNERS'), '* @acme/everybody\n');
    const { out } = await desk.init({ ...GIVEN, add: BOTH });
    expect(Object.keys(await desk.tree())).not.toContain('.github/CODEOWNERS');
    expect(out).toMatch(/ {2}kept {2}CODEOWNERS, which differs\n.*\n {10}\/policies\/accounts\/ +@acme\/security\n/);
  });

  test('a README about something else gets a neighbour that says how to go on', async () => {
    const desk = await openDesk();
    await mkdir(desk.folder);
    await writeFile(path.join(desk.folder, 'README.md'), '# access\n');
    const { out } = await desk.init({ ...GIVEN, add: BOTH });
    expect(out).toContain('and the rulesets: ROLLCALL.md says what goes where.');
    expect((await desk.tree())['ROLLCALL.md']).toContain('## Which secret goes where');
    expect((await desk.tree())['README.md']).toBe('# access\n');
  });

  test('an account more needs only what is its own', async () => {
    const desk = await openDesk();
    await desk.init({ ...GIVEN, add: [TWILIO] });
    git(desk.folder, 'init', '-q', '-b', 'main');
    const { out } = await desk.init({ add: ['telnyx-production=telnyx,owner=root@acme.example'] });
    expect(out.slice(out.indexOf('Next:'))).toBe(
      [
        'Next:',
        '1. Add the lines above by hand, on a branch, and take in who is there:',
        '     cd /home/ada/access',
        '     git switch -c add-telnyx-production',
        '     rollcall import --account telnyx-production',
        '2. Before the pull request is merged, give the environment the new secrets:',
        '     gh secret set TELNYX_PRODUCTION_API_KEY --env rollcall-apply',
        '',
      ].join('\n'),
    );
  });

  test('what is wrong in policies that were there is said, with the exit code of validate', async () => {
    const desk = await openDesk();
    await mkdir(path.join(desk.folder, 'policies/people'), { recursive: true });
    await writeFile(path.join(desk.folder, 'policies/people/all.yaml'), 'nobody\n');
    const { exit, out } = await desk.init({ ...GIVEN, add: BOTH });
    expect(out).toContain('policies/people/all.yaml:1:1 error');
    expect(out).toContain('Mend what is listed above, and run `rollcall validate`.');
    expect(exit).toBe(3);
  });
});

describe('init writes nothing', () => {
  test.each(['.github', 'policies', 'policies/accounts', 'schemas', '.vscode'])('through a link at %s', async (place) => {
    const desk = await openDesk();
    const elsewhere = path.join(desk.home, 'elsewhere');
    await mkdir(elsewhere);
    await mkdir(path.dirname(path.join(desk.folder, place)), { recursive: true });
    await symlink(elsewhere, path.join(desk.folder, place));
    expect(await refusal(desk, { add: BOTH })).toBe(
      `/home/ada/access/${place}: it is a link, so what is written there would land elsewhere. Nothing was written. Put a folder in its place.`,
    );
    expect(await desk.tree()).toEqual({});
  });

  test('where a file stands in the place of the folder', async () => {
    const desk = await openDesk();
    await writeFile(desk.folder, 'mine');
    expect(await refusal(desk, { add: BOTH })).toContain('/home/ada/access: it is no folder');
  });

  test.each([
    [['telnyx-production'], '--add: there is no = between'],
    [['Telnyx Production=telnyx'], "--add: an account's name has small letters, digits and dashes"],
    [['telnyx-production=telnix'], '--add telnyx-production: a provider is telnyx or twilio. Did you mean `telnyx`?'],
    [
      ['telnyx-production=telnyx/sub-user'],
      '--add telnyx-production: an api of telnyx is sub-users or organizations. Did you mean `sub-users`?',
    ],
    [['telnyx-production=telnyx/a/b'], '--add telnyx-production: PROVIDER/API has one slash.'],
    [['telnyx-production=telnyx,ownr=ada@acme.example'], '`ownr` is not known. Known: owner, organization, scope. Did you mean `owner`?'],
    [['telnyx-production=telnyx,owner=ada'], '--add telnyx-production: an owner is the e-mail address of one person'],
    [['telnyx-production=telnyx,owner=a@acme.example,owner=b@acme.example'], 'owner is given twice.'],
    [[`telnyx-production=telnyx,scope=AC${'0'.repeat(32)}`], 'organization and scope are of Twilio'],
    [['twilio-main=twilio,organization=OR12'], "an organization is a SID of Twilio's: OR and 32 hexadecimal digits."],
    [['twilio-main=twilio'], 'init still needs organization=OR… for twilio-main, or twilio-main=twilio/console for an account outside any'],
    [[`twilio-main=twilio/console,organization=OR${'0'.repeat(32)}`], 'twilio/console is for an account outside any organization.'],
    [['twilio-labs=twilio/console'], 'init still needs scope=AC… for twilio-labs'],
    [['a=telnyx', 'a=telnyx'], '--add a: this account is given twice.'],
    [[], 'init still needs an account to watch, --add NAME=PROVIDER. Without a terminal to ask on, give for example: rollcall init access'],
  ])('for --add %o', async (add, says) => {
    const desk = await openDesk();
    expect(await refusal(desk, { add })).toContain(says);
    expect(await desk.tree()).toEqual({});
  });

  test.each([
    [{ owner: null }, 'init still needs the one owner of telnyx-production, --owner EMAIL'],
    [{ security: null }, 'init still needs who approves changes of accounts and workflows, --security @ORGANIZATION/TEAM'],
    [{ action: null }, 'init still needs the repository on GitHub that has rollcall, at a whole commit, --action OWNER/NAME@COMMIT'],
    [{ action: 'acme/rollcall@main' }, "--action: rollcall's action is OWNER/NAME@COMMIT with the 40 hexadecimal digits of a commit"],
    [{ security: 'acme/security' }, '--security: who approves is one GitHub user or team with its at sign'],
  ])('with %o', async (flags, says) => {
    const desk = await openDesk();
    expect(await refusal(desk, { add: ['telnyx-production=telnyx'], ...flags })).toContain(says);
    expect(await desk.tree()).toEqual({});
  });

  test.each([
    'root@acme.example\ndrift: { gained: report }',
    'root@acme.example # mine',
    '*anchor@acme.example',
    '"root@acme.example"',
    '\u202eroot@acme.example',
    `${'a'.repeat(250)}@acme.example`,
    '!!js/function@acme.example',
    '{ a: b }',
  ])('for an owner that could be more than an address: %j', async (owner) => {
    const desk = await openDesk();
    const said = await refusal(desk, { add: ['telnyx-production=telnyx'], owner });
    expect(said).toBe('--owner: an owner is the e-mail address of one person or mailbox, such as root@acme.example.');
    expect(await desk.tree()).toEqual({});
  });
});

describe('on a terminal init asks', () => {
  test('for what it cannot know, one question a line, and again where an answer does not fit', async () => {
    const desk = await openDesk();
    desk.answers = [
      'telnix',
      'telnyx',
      '',
      'root',
      'root@acme.example',
      'twilio',
      'telnyx-production',
      '',
      `or${'0'.repeat(31)}1`,
      `AC${'0'.repeat(31)}1`,
      '',
      '',
      'security',
      '@acme/security',
      `acme/rollcall@${COMMIT} # v9.8.7`,
    ];
    const { exit } = await desk.init();
    await expect(`${desk.questions.join('\n')}\n`).toMatchFileSnapshot('./init-questions.golden.txt');
    const tree = await desk.tree();
    expect(tree['policies/accounts/twilio-main.yaml']).toContain(
      `api: organization\norganization: OR${'0'.repeat(31)}1\nscope: AC${'0'.repeat(31)}1\nowner: root@acme.example\n`,
    );
    expect(tree['.github/workflows/plan.yml']).toContain(`uses: acme/rollcall@${COMMIT} # v9.8.7\n`);
    expect(exit).toBe(0);
  });

  test('with nothing wider than the terminal, not even an address', async () => {
    const desk = await openDesk();
    desk.columns = 40;
    const owner = 'the.very.long.name.of.our.root.mailbox@acme.example';
    desk.answers = [
      'telnyx',
      '',
      owner,
      'twilio',
      '',
      '',
      `AC${'0'.repeat(31)}1`,
      '',
      '',
      'security',
      '@acme/security',
      `acme/rollcall@${COMMIT}`,
    ];
    const { exit } = await desk.init();
    expect(exit).toBe(0);
    const lines = desk.questions.join('\n').split('\n');
    expect(lines).toContain('[the.very.long.name.of.our.root.mailbox');
    expect(lines).toContain('@acme.example]: ');
    expect(lines.filter((line) => line.length > 40)).toEqual([]);
  });

  test('for no organization where the account is in none', async () => {
    const desk = await openDesk();
    desk.answers = ['', `AC${'0'.repeat(31)}9`];
    await desk.init({ ...GIVEN, add: ['twilio-labs=twilio'] });
    expect((await desk.tree())['policies/accounts/twilio-labs.yaml']).toContain(`api: console\nscope: AC${'0'.repeat(31)}9\n`);
  });

  test('for nothing that the flags say', async () => {
    const desk = await openDesk();
    desk.answers = [];
    await desk.init({ ...GIVEN, add: BOTH });
    expect(desk.questions).toEqual([]);
  });

  test('and writes nothing when somebody goes away', async () => {
    const desk = await openDesk();
    desk.answers = ['telnyx', ''];
    await expect(desk.init()).rejects.toMatchObject({
      message: 'the answers ended before everything was known. Nothing was written. Start again when you like.',
      exit: 130,
    });
    expect(await desk.tree()).toEqual({});
  });
});

describe('init asks the vendor', () => {
  async function probed(api: 'sub-users' | 'organizations', add: string, key: string) {
    const desk = await openDesk();
    const { vendor, http } = openTelnyx(api);
    desk.http = http;
    Object.assign(desk.env, { ROLLCALL_TELNYX_ORIGIN: ORIGIN, TELNYX_PRODUCTION_API_KEY: key });
    const { out } = await desk.init({ ...GIVEN, add: [add] });
    expect(vendor.requests.filter(({ mutating }) => mutating)).toEqual([]);
    expect(out).not.toContain(key);
    return { out, file: (await desk.tree())['policies/accounts/telnyx-production.yaml'], requests: vendor.requests.length };
  }

  test('which API a key answers to, and writes the file for that one', async () => {
    const { out, file } = await probed('organizations', 'telnyx-production=telnyx', KEY);
    expect(out).toContain('✓ telnyx-production: this key answers to `organizations`, so that is what its file says');
    expect(file).toContain('api: organizations\n');
    expect(file).toContain('# privileged_groups: ');
  });

  test('also where another one was named', async () => {
    const { file } = await probed('sub-users', 'telnyx-production=telnyx/organizations', KEY);
    expect(file).toContain('api: sub-users\n');
    expect(file).toContain('# approvers: { admin: ["@acme/security"] }');
  });

  test('and says in its words that a key is refused', async () => {
    const { out } = await probed('sub-users', 'telnyx-production=telnyx', 'KEY0192CANARY-of-nobody');
    expect(out).toMatch(/✗ telnyx-production: refused: .*401.*\. Give the key of this account, and ask again with `rollcall doctor`/s);
  });

  test.each([`SK${'0a'.repeat(16)}`, '0a'.repeat(16)])("but sends it no credential of another vendor's: %s", async (key) => {
    const { out, requests } = await probed('sub-users', 'telnyx-production=telnyx', key);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      '? telnyx-production: TELNYX_PRODUCTION_API_KEY holds what looks like a credential of Twilio, so it was not sent to Telnyx.',
    );
    expect(requests).toBe(0);
  });

  test('nor to Twilio what looks like a key of Telnyx', async () => {
    const desk = await openDesk();
    Object.assign(desk.env, { TWILIO_MAIN_CLIENT_ID: `OQ${'0c'.repeat(16)}`, TWILIO_MAIN_CLIENT_SECRET: KEY });
    const { out } = await desk.init({ ...GIVEN, add: [TWILIO] });
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'TWILIO_MAIN_CLIENT_SECRET holds what looks like a credential of Telnyx, so it was not sent to Twilio. Set it to the one of twilio-main;',
    );
  });

  test("the account's own credential names the scope of a Twilio account", async () => {
    const desk = await openDesk();
    desk.http = openTelnyx('sub-users').http;
    desk.env['TWILIO_LABS_ACCOUNT_SID'] = `AC${'0A'.repeat(16)}`;
    const { out } = await desk.init({ ...GIVEN, add: ['twilio-labs=twilio/console'] });
    expect((await desk.tree())['policies/accounts/twilio-labs.yaml']).toContain(`scope: AC${'0a'.repeat(16)}\n`);
    expect(out).toContain('? twilio-labs: TWILIO_LABS_AUTH_TOKEN is not set beside TWILIO_LABS_ACCOUNT_SID.');
  });
});

describe('the pin of the action', () => {
  async function cloneOf(remote: string, { pushed = true, inside = '' } = {}) {
    const desk = await openDesk();
    const clone = path.join(desk.home, 'clone');
    await mkdir(path.join(clone, inside, 'dist'), { recursive: true });
    await writeFile(path.join(clone, inside, 'dist/main.cjs'), '');
    await writeFile(path.join(clone, 'action.yml'), 'name: rollcall\n');
    git(clone, 'init', '-q', '-b', 'main');
    git(clone, 'add', '.');
    git(clone, 'commit', '-q', '-m', 'Begin');
    git(clone, 'remote', 'add', 'origin', remote);
    if (pushed) git(clone, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    const flags = { ...GIVEN, action: null, add: ['telnyx-production=telnyx'] };
    const ran = await desk.init(flags, 'text', path.join(clone, inside, 'dist')).catch((error: Error) => error.message);
    const uses = /uses: (acme.*)/.exec((await desk.tree())['.github/workflows/plan.yml'] ?? '')?.[1] ?? null;
    return { uses, head: git(clone, 'rev-parse', 'HEAD'), ran };
  }

  test.each(['https://github.com/acme/rollcall.git', 'git@github.com:acme/rollcall.git', 'ssh://git@github.com/acme/rollcall'])(
    'is the commit of the clone that rollcall runs from: %s',
    async (remote) => {
      const { uses, head } = await cloneOf(remote);
      expect(uses).toBe(`acme/rollcall@${head} # v${VERSION}`);
    },
  );

  test.each([
    ['a commit that GitHub does not have', 'https://github.com/acme/rollcall', { pushed: false }],
    ['a repository that only depends on rollcall', 'https://github.com/acme/other', { inside: 'node_modules/rollcall' }],
    ['a clone from elsewhere', 'https://github.com.acme.example/acme/rollcall', {}],
  ])('is asked for in %s', async (_, remote, where) => {
    const { uses, ran } = await cloneOf(remote, where);
    expect(uses).toBe(null);
    expect(ran).toContain('init still needs the repository on GitHub that has rollcall');
  });
});

describe('in a git repository that is there', () => {
  test('workflows are bound to its default branch, and git init is no step', async () => {
    const desk = await openDesk();
    await mkdir(desk.folder);
    git(desk.folder, 'init', '-q', '-b', 'trunk');
    const { out } = await desk.init({ ...GIVEN, add: ['telnyx-production=telnyx'] });
    expect((await desk.tree())['.github/workflows/apply.yml']).toContain('branches: [trunk]');
    expect(out).toContain('git push -u origin trunk');
    expect(out).not.toContain('git init');
  });

  test('that somebody has a branch of their own at hand changes nothing', async () => {
    const desk = await openDesk();
    await mkdir(desk.folder);
    git(desk.folder, 'init', '-q', '-b', 'main');
    git(desk.folder, 'commit', '-q', '--allow-empty', '-m', 'Begin');
    git(desk.folder, 'switch', '-q', '-c', 'add-account');
    await desk.init({ ...GIVEN, add: ['telnyx-production=telnyx'] });
    expect((await desk.tree())['.github/workflows/apply.yml']).toContain('branches: [main]');
  });
});
