import { expect, test } from 'vitest';
import { composeIssue } from '../../../src/report/issue/compose-issue.ts';
import { renderIssue } from '../../../src/report/issue/render-issue.ts';
import { bytesOf } from '../comment/check-markdown.ts';
import { expectIssueWhole } from './check-issue.ts';
import { busyWatch, crowd, ended, ending, owed, raised, stranger, vanished, watch } from './example-watches.ts';

const shown = async (given: Parameters<typeof renderIssue>[0], name: string) => {
  const { title, body, labels } = renderIssue(given);
  expectIssueWhole(body);
  await expect(`${title}\n[${labels.join(', ')}]\n\n${body}`).toMatchFileSnapshot(`golden/${name}.md`);
};

test('an account with everything at once says the worst first', async () => {
  await shown(busyWatch(), 'busy');
});

test('a clean account is a few friendly lines', async () => {
  await shown(watch(), 'clean');
});

test('a grant that ends soon is something to know, with the pull request that lets it go on', async () => {
  const renewal = 'https://github.com/acme/access/pull/12';
  await shown(
    watch({ ending: [ending({ principal: 'olga@acme.example', until: '2026-12-01', roles: ['member'], renewal })], ledger: null }),
    'ending',
  );
});

test('an account in which grants ended, ends that take nothing away among them, is clean once their access is gone', async () => {
  const over = [
    ended({ principal: 'mona@acme.example', until: '2026-11-20', isGone: true }),
    ended({ principal: 'omar@acme.example', until: '2026-11-18', heldOtherwise: true }),
  ];
  await shown(
    watch({ ended: over, ending: [ending({ principal: 'olga@acme.example', until: '2026-12-01', heldOtherwise: true })] }),
    'ended',
  );
});

test('an account that could not be read says so before anything else, and when it last could', async () => {
  await shown(
    watch({
      unread: 'GET /v2/sub_users: the answer was cut after page 2 of 3',
      lastGood: { at: '2026-11-21T23:07:00.000Z', principals: 214 },
      left: ['Nothing was reverted, because nobody knows who is there.'],
    }),
    'unread',
  );
});

test('an account that could not be read still shows what the last complete read left, and says that it is from there', async () => {
  const before = watch({
    drift: [vanished(), raised({ outcome: 'failed' })],
    ended: [ended({ principal: 'mona@acme.example', until: '2026-11-20' })],
  });
  const unread = watch({ unread: 'GET /v2/sub_users: the answer was cut', lastGood: { at: '2026-11-21T23:07:00.000Z', principals: 214 } });
  const { title, labels, bodyWith } = composeIssue(unread).resume(composeIssue(before).set);
  expectIssueWhole(bodyWith(null));
  await expect(`${title}\n[${labels.join(', ')}]\n\n${bodyWith(null)}`).toMatchFileSnapshot('golden/unread-again.md');
});

test('an end that nobody approved says so where its access is still there', () => {
  const until = '2026-11-20';
  const of = (given: Parameters<typeof watch>[0]) => renderIssue(watch(given)).body;
  const pushed = ended({ principal: 'mona@acme.example', until, isApproved: false });
  expect(of({ ended: [pushed] })).toContain(
    'ended on 2026-11-20, **its access is still there** because nobody approved this end (that takes a pull request), [',
  );
  expect(of({ ended: [{ ...pushed, isApproved: true }] })).toContain('ended on 2026-11-20, **its access is still there**, [');
  expect(of({ ended: [{ ...pushed, isGone: true }] })).toContain('ended on 2026-11-20, its access is gone, [');
  expect(of({ ended: [{ ...pushed, isGone: true }], unread: 'time-out' })).toContain('its access is gone as far as is known, [');
});

test('invitations that lapsed are counted with the one that is asked about now', () => {
  const lapsed = [{ principal: 'leo@acme.example', times: 3 }];
  const question = owed({ turn: 'somebody' }, { principal: 'leo@acme.example', reason_code: 'invitation_lapsed', executor: 'manual' });
  expect(renderIssue(watch({ lapsed })).body).toContain('- `leo@acme.example`: 3 invitations nobody accepted\n');
  expect(renderIssue(watch({ lapsed, owed: [question] })).body).toContain('- `leo@acme.example`: 4 invitations nobody accepted\n');
});

test('a crowd hides no admin: what concerns privilege comes first, then what was gained, then by address', () => {
  const whoOf = (body: string) => [...body.matchAll(/^\| .{1,2} \| `([^`@]+)@/gmu)].map(([, who]) => who);
  const demoted = raised({}, { principal: 'zoe@acme.example', risk: 'medium', tags: ['drift_lost', 'privilege_gained'] });
  const named = whoOf(renderIssue(watch({ drift: [vanished(), ...crowd(1000), demoted] })).body);
  const admins = Array.from({ length: 10 }, (_, at) => `stranger-0${at}50`);
  expect(named.slice(0, 12)).toEqual([...admins, 'zoe', 'stranger-0000']);
  expect(named.length).toBeLessThan(1000);
  expect(whoOf(renderIssue(watch({ drift: [vanished(), stranger(2), stranger(1)] })).body)).toEqual([
    'stranger-0001',
    'stranger-0002',
    'ivan',
  ]);
});

test('a thousand strangers are cut on a row, and every hidden one is counted', async () => {
  const huge = watch({
    drift: Array.from({ length: 1000 }, (_, at) => stranger(at)),
    owed: Array.from({ length: 30 }, (_, at) => owed({ turn: 'person' }, { principal: `person-${at}@acme.example` })),
    left: ['The budget for strangers is used up.'],
  });
  await shown(huge, 'huge');
  const { body } = renderIssue(huge);
  const rows = body.split('\n').filter((line) => line.startsWith('| 🔴')).length;
  expect(rows).toBeGreaterThan(100);
  expect(body).toContain(`**${1000 - rows} more differences, for which there is no room here.**`);
  expect(bytesOf(body)).toBeLessThanOrEqual(59_800);
});
