import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/github/read-event.ts';

const HEAD = '1f'.repeat(20);
const BASE = 'b7'.repeat(20);
const read = (name: string, payload: unknown, pull: number | null = null) => readEvent(name, JSON.stringify(payload), pull);

describe('an event of GitHub Actions', () => {
  it('is a pull request by its number', () => {
    expect(read('pull_request', { action: 'synchronize', pull_request: { number: 12, title: '$(id)' } })).toEqual({
      kind: 'pull_request',
      number: 12,
    });
  });

  it('is a merge group by the two commits it stands between', () => {
    expect(read('merge_group', { merge_group: { head_sha: HEAD, base_sha: BASE, head_ref: '--upload-pack=x' } })).toEqual({
      kind: 'merge_group',
      head: HEAD,
      base: BASE,
    });
  });

  it('is a push or a schedule whatever the file says, also without one', () => {
    expect(read('push', { ref: 12, pull_request: { number: 12 } })).toEqual({ kind: 'push' });
    expect(read('schedule', { schedule: '7 * * * *' })).toEqual({ kind: 'schedule' });
    expect(readEvent('push', null, null)).toEqual({ kind: 'push' });
    expect(readEvent('schedule', null, 12)).toEqual({ kind: 'schedule' });
  });

  it('is a dispatch about the pull request that --pull gives, and about none without', () => {
    expect(read('workflow_dispatch', { inputs: { pull: '99' } }, 12)).toEqual({ kind: 'dispatch', number: 12 });
    expect(read('workflow_dispatch', { inputs: { pull: '99' } })).toEqual({ kind: 'dispatch', number: null });
  });

  it('is about the pull request that --pull gives, where there is no event file to name one', () => {
    expect(readEvent('pull_request', null, 12)).toEqual({ kind: 'pull_request', number: 12 });
  });
});

describe('an event that cannot be used', () => {
  it.each(['pull_request_target', 'workflow_run', 'issue_comment', 'constructor', '__proto__', 'PUSH'])('%s is none of ours', (name) => {
    expect(() => read(name, { pull_request: { number: 12 } })).toThrow(
      `GITHUB_EVENT_NAME ${name.replaceAll('\n', '')} is none that rollcall ci acts on. Known: pull_request, merge_group, push, schedule, workflow_dispatch.`,
    );
  });

  it('has its name made harmless before it is said', () => {
    expect(() => read('push\n::error::x', {})).toThrow('GITHUB_EVENT_NAME push\\u{a}\\u{3a}\\u{3a}error\\u{3a}\\u{3a}x is none');
  });

  it.each([undefined, null, '12', 0, -1, 1.5, 1e300, true, [12], { number: 12 }])('a pull request with the number %j', (number) => {
    expect(() => read('pull_request', { pull_request: { number } })).toThrow(
      'the event pull_request cannot be used: it names no pull request. Run it in GitHub Actions, or give --pull NUMBER.',
    );
  });

  it.each([null, 12, 'x', [], {}, { pull_request: null }, { pull_request: 'x' }, { pull_request: [] }])(
    'a pull request whose file is %j',
    (payload) => {
      expect(() => read('pull_request', payload)).toThrow('it names no pull request');
    },
  );

  it.each(['main', '', HEAD.slice(1), `${HEAD}\n`, HEAD.toUpperCase(), '--all', 12, null, [HEAD]])(
    'a merge group whose commit is %j',
    (sha) => {
      expect(() => read('merge_group', { merge_group: { head_sha: sha, base_sha: BASE } })).toThrow('it names no commit');
      expect(() => read('merge_group', { merge_group: { head_sha: HEAD, base_sha: sha } })).toThrow('it names no commit');
    },
  );

  it.each(['', '{', 'ref: main', '\u0000', '['.repeat(200_000)])('one whose file is no JSON, without any of it in the sentence', (text) => {
    expect(() => readEvent('pull_request', text, null)).toThrow(
      'the event pull_request cannot be used: GITHUB_EVENT_PATH is not JSON. Run it in GitHub Actions, or give --pull NUMBER.',
    );
  });

  it('never ends in anything but an event or one of our sentences', () => {
    const names = fc.constantFrom('pull_request', 'merge_group', 'push', 'schedule', 'workflow_dispatch', 'release');
    fc.assert(
      fc.property(names, fc.json(), (name, text) => {
        try {
          expect(readEvent(name, text, null).kind).toMatch(/^(push|schedule|dispatch)$/);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^event(Unknown|Unreadable)$/), exit: 64 });
        }
      }),
    );
  });
});
