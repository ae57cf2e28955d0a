import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emulateAll } from '../../../src/commands/emulate-all.ts';
import { emulateTwilio } from '../../../src/commands/emulate-twilio.ts';
import { createRun, type Run } from '../../../src/commands/run-context.ts';
import { createRealWorld } from '../../../src/real-world.ts';
import { COMPANY, ORGANIZATION, SCOPE } from '../../policy/four-kinds.ts';
import { TWILIO_SEED } from './twilio-for-tests.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'emulate-twilio-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const TEAM = `members: [ada@acme.example]
grants:
  - { account: twilio-main, role: developer, reason: Builds the IVR }
  - { account: twilio-labs, role: support, reason: Answers tickets }
  - { account: telnyx-support, group: billing, reason: Reads invoices }
`;

async function writePolicies(files: Readonly<Record<string, string>>): Promise<string> {
  const policies = path.join(folder, 'policies');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(policies, name)), { recursive: true });
    await writeFile(path.join(policies, name), text);
  }
  return policies;
}

/** Runs a command as the command line does, until it has said how to stop it. */
async function serve(policies: string, command: (run: Run) => Promise<number>) {
  const interrupted = new AbortController();
  let text = '';
  let said: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    said = resolve;
  });
  const write = (more: string) => {
    text += more;
    if (text.includes('Ctrl-C')) said();
  };
  const real = createRealWorld(process, interrupted.signal, interrupted.signal);
  const world = { ...real, env: { TMPDIR: folder }, stdout: { write, isTerminal: false, columns: 120 } };
  const ledger = path.join(folder, 'ledger');
  const flags = { policies, account: [], format: 'text', out: null, quiet: true, colour: false, ledger, debug: false } as const;
  const ended = command(createRun(world, flags));
  await Promise.race([ready, ended]);
  const exported = [...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
  return {
    env: Object.fromEntries(exported) as Readonly<Record<string, string>>,
    stop: () => {
      interrupted.abort();
      return ended;
    },
  };
}

const FLAGS = { port: 0, controlPort: 0, latencyMs: 0, seed: null };

async function ask(env: Readonly<Record<string, string>>, name: string, url: string): Promise<unknown> {
  const basic = Buffer.from(`${env[`${name}_ACCOUNT_SID`]}:${env[`${name}_AUTH_TOKEN`]}`).toString('base64');
  return (await fetch(`${env['ROLLCALL_TWILIO_ORIGIN']}${url}`, { headers: { authorization: `Basic ${basic}` } })).json();
}

describe('rollcall emulate twilio', () => {
  test('prints what opens the accounts that policies name, and has the people they name', async () => {
    const policies = await writePolicies({ ...COMPANY, 'teams/voice.yaml': TEAM });
    const { env, stop } = await serve(policies, (run) => emulateTwilio(run, FLAGS));
    expect(Object.keys(env)).toEqual([
      'ROLLCALL_TWILIO_ORIGIN',
      'TWILIO_MAIN_CLIENT_ID',
      'TWILIO_MAIN_CLIENT_SECRET',
      'TWILIO_MAIN_ACCOUNT_SID',
      'TWILIO_MAIN_AUTH_TOKEN',
      'TWILIO_LABS_ACCOUNT_SID',
      'TWILIO_LABS_AUTH_TOKEN',
    ]);
    expect(env['TWILIO_MAIN_ACCOUNT_SID']).toBe(SCOPE);
    expect(await ask(env, 'TWILIO_MAIN', `/v1/Keys?AccountSid=${SCOPE}`)).toMatchObject({ keys: [{ friendly_name: 'deploy' }] });
    const form = {
      grant_type: 'client_credentials',
      client_id: env['TWILIO_MAIN_CLIENT_ID'] ?? '',
      client_secret: env['TWILIO_MAIN_CLIENT_SECRET'] ?? '',
    };
    const answer = await fetch(`${env['ROLLCALL_TWILIO_ORIGIN']}/v2/token`, { method: 'POST', body: new URLSearchParams(form) });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const users = await fetch(`${env['ROLLCALL_TWILIO_ORIGIN']}/Organizations/${ORGANIZATION}/scim/Users`, { headers });
    const { Resources: rows } = (await users.json()) as { Resources: { userName: string }[] };
    expect(rows.map(({ userName }) => userName)).toEqual(['ada@acme.example', 'root@acme.example']);
    expect(await stop()).toBe(0);
  });

  test('takes a seed instead, and says what is wrong with one', async () => {
    const seed = path.join(folder, 'seed.json');
    await writeFile(seed, JSON.stringify(TWILIO_SEED));
    const { env, stop } = await serve(folder, (run) => emulateTwilio(run, { ...FLAGS, seed }));
    expect(env['TWILIO_SUB_AUTH_TOKEN']).toBe('sub-auth-token');
    await stop();
    await writeFile(seed, '{"people":[]}');
    await expect(serve(folder, (run) => emulateTwilio(run, { ...FLAGS, seed }))).rejects.toThrow('the seed has an unknown key people');
    await writeFile(seed, '{');
    await expect(serve(folder, (run) => emulateTwilio(run, { ...FLAGS, seed }))).rejects.toThrow('it is not JSON');
  });

  test('without policies has one small organization', async () => {
    const { env, stop } = await serve(path.join(folder, 'nothing'), (run) => emulateTwilio(run, FLAGS));
    expect(env['TWILIO_MAIN_ACCOUNT_SID']).toBe(`AC${'0'.repeat(31)}1`);
    await stop();
  });
});

describe('rollcall emulate all', () => {
  test('prints what opens both vendors and GitHub', async () => {
    const policies = await writePolicies({ ...COMPANY, 'teams/voice.yaml': TEAM });
    const { env, stop } = await serve(policies, (run) => emulateAll(run, { port: 0, latencyMs: 0, seed: null }));
    expect(Object.keys(env)).toEqual(
      expect.arrayContaining([
        'ROLLCALL_TELNYX_ORIGIN',
        'TELNYX_SUPPORT_API_KEY',
        'ROLLCALL_TWILIO_ORIGIN',
        'TWILIO_LABS_AUTH_TOKEN',
        'GITHUB_API_URL',
      ]),
    );
    const headers = { authorization: `Bearer ${env['TELNYX_SUPPORT_API_KEY']}` };
    const report = await fetch(`${env['ROLLCALL_TELNYX_ORIGIN']}/v2/organizations/users/users_groups_report`, { headers });
    const { data } = (await report.json()) as { data: { email: string; groups: { name: string }[] }[] };
    expect(data.find(({ email }) => email === 'ada@acme.example')?.groups.map(({ name }) => name)).toEqual(['billing']);
    expect(await stop()).toBe(0);
  });

  test('refuses a seed with a part it does not know', async () => {
    const seed = path.join(folder, 'seed.json');
    await writeFile(seed, '{"vonage":{}}');
    await expect(serve(folder, (run) => emulateAll(run, { port: 0, latencyMs: 0, seed }))).rejects.toThrow(
      'another key than telnyx, twilio and github',
    );
  });
});
