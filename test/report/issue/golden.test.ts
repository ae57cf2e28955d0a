import { expect, test } from 'vitest';
import { renderIssue } from '../../../src/report/issue/render-issue.ts';
import { bytesOf } from '../comment/check-markdown.ts';
import { expectIssueWhole } from './check-issue.ts';
import { busyWatch, ended, ending, owed, stranger, watch } from './example-watches.ts';

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
