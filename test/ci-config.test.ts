import { describe, expect, it } from 'vitest';
import { type CiConfig, readCiConfig } from '../src/config.ts';

/** As Actions sets it, with an emulated GitHub where a test says so. */
const ACTIONS = {
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'acme/access',
  GITHUB_TOKEN: 'ghs_canary0123456789',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_ACTOR: 'ada',
  GITHUB_EVENT_PATH: '/actions/temp/event.json',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_SHA: '1f'.repeat(20),
  GITHUB_RUN_ID: '9001',
  GITHUB_STEP_SUMMARY: '/actions/temp/summary.md',
  GITHUB_OUTPUT: '/actions/temp/output',
  RUNNER_TEMP: '/actions/temp',
};
const EMULATED = { GITHUB_API_URL: 'http://127.0.0.1:8480/api/v3', GITHUB_SERVER_URL: 'http://127.0.0.1:8480' };

const read = (more: Readonly<Record<string, string | undefined>> = {}): CiConfig => readCiConfig({ ...ACTIONS, ...more });

describe('what Actions says of a run', () => {
  it('is read as it is', () => {
    expect(read()).toEqual({
      apiUrl: 'https://api.github.com',
      serverUrl: 'https://github.com',
      repository: 'acme/access',
      token: 'ghs_canary0123456789',
      membersToken: null,
      eventName: 'push',
      actor: 'ada',
      triggeringActor: null,
      eventPath: '/actions/temp/event.json',
      ref: 'refs/heads/main',
      sha: '1f'.repeat(20),
      runId: '9001',
      summaryFile: '/actions/temp/summary.md',
      outputFile: '/actions/temp/output',
      temp: '/actions/temp',
      signingKey: null,
      loopback: false,
    });
  });

  it('is github.com where nothing says otherwise', () => {
    const { apiUrl, serverUrl } = read({ GITHUB_API_URL: undefined, GITHUB_SERVER_URL: ' ' });
    expect([apiUrl, serverUrl]).toEqual(['https://api.github.com', 'https://github.com']);
  });

  it('takes an empty variable for none, and no blanks around a value', () => {
    const { membersToken, signingKey, eventPath, summaryFile, token } = read({
      ROLLCALL_MEMBERS_TOKEN: ' ',
      ROLLCALL_SIGNING_KEY: '',
      GITHUB_EVENT_PATH: '',
      GITHUB_STEP_SUMMARY: '\n',
      GITHUB_TOKEN: ' ghs_canary\n',
    });
    expect([membersToken, signingKey, eventPath, summaryFile, token]).toEqual([null, null, null, null, 'ghs_canary']);
  });

  it.each(['GITHUB_REPOSITORY', 'GITHUB_TOKEN', 'GITHUB_EVENT_NAME'])('cannot be without %s', (variable) => {
    for (const value of [undefined, '', ' ']) {
      expect(() => read({ [variable]: value })).toThrow(
        `${variable} is not set. GitHub Actions sets it; outside Actions set it as Actions would.`,
      );
    }
  });

  it.each(['12x', '-1', '1 2', '9'.repeat(21), '../../x', '\n12'])('has no link to a run called %j', (id) => {
    expect(read({ GITHUB_RUN_ID: id }).runId).toBeNull();
  });
});

describe('where the token goes', () => {
  it('is a GitHub Enterprise Server or an emulator on this machine', () => {
    const { apiUrl, serverUrl, loopback } = read({
      GITHUB_API_URL: 'https://github.acme.example/api/v3/',
      GITHUB_SERVER_URL: 'https://github.acme.example/',
    });
    expect([apiUrl, serverUrl, loopback]).toEqual(['https://github.acme.example/api/v3', 'https://github.acme.example', false]);
    expect(read(EMULATED)).toMatchObject({ apiUrl: 'http://127.0.0.1:8480/api/v3', loopback: true });
    expect(read({ GITHUB_API_URL: 'http://[::1]:8480', GITHUB_SERVER_URL: 'http://[::1]:8480' }).loopback).toBe(true);
  });

  it.each([
    'http://api.github.com',
    'http://localhost:8480',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.1@evil.example',
    'https://user:secret@api.github.com',
    'https://api.github.com?to=evil.example',
    'https://api.github.com#x',
    'ssh://git@github.com',
    'file:///etc/passwd',
    'ext::sh -c id',
    'github.com',
    '//github.com',
    'https://',
  ])('is never %s', (url) => {
    for (const variable of ['GITHUB_API_URL', 'GITHUB_SERVER_URL']) {
      expect(() => read({ [variable]: url })).toThrow(
        `${variable} must be https, or http on a loopback address, so that no other host ever gets the token.`,
      );
    }
  });

  it('is written as every reader of an address understands it', () => {
    const spelt = (url: string) => read({ GITHUB_SERVER_URL: url }).serverUrl;
    expect(spelt('https:github.com')).toBe('https://github.com');
    expect(spelt('HTTPS:\\\\GitHub.com\\')).toBe('https://github.com');
    expect(spelt('https://github.com:443//')).toBe('https://github.com');
    expect(spelt('http://127.1:8480')).toBe('http://127.0.0.1:8480');
  });

  it.each([
    'access',
    'acme/',
    '/access',
    'acme/access/more',
    '../access',
    'acme/..',
    'acme/.',
    '../..',
    '-acme/access',
    'acme/access?x',
    'acme/a b',
    'acme/access\n::error::x',
    `acme/${'x'.repeat(101)}`,
    'acme\\access',
    'acme/%2e%2e',
  ])('is no repository called %j', (repository) => {
    expect(() => read({ GITHUB_REPOSITORY: repository })).toThrow(
      'GITHUB_REPOSITORY is no owner with a name. Give it as OWNER/NAME, such as acme/access.',
    );
  });

  it('is a repository with dots, dashes and underscores in its name', () => {
    for (const repository of ['acme/.github', 'acme-corp/access.v2', 'ada_acme/access_policies', '4cme/..x']) {
      expect(read({ GITHUB_REPOSITORY: repository }).repository).toBe(repository);
    }
  });
});

describe('a set clock', () => {
  const NOW = { ROLLCALL_NOW: '2026-11-22T09:00:00Z' };

  it('is refused with the real GitHub, or with half of it', () => {
    const refused = 'ROLLCALL_NOW sets the clock and is accepted only when every';
    expect(() => read(NOW)).toThrow(refused);
    expect(() => read({ ...NOW, GITHUB_API_URL: EMULATED.GITHUB_API_URL })).toThrow(refused);
    expect(() => read({ ...NOW, GITHUB_SERVER_URL: EMULATED.GITHUB_SERVER_URL })).toThrow(refused);
  });

  it('is accepted with an emulated one', () => {
    expect(read({ ...NOW, ...EMULATED }).loopback).toBe(true);
  });
});
