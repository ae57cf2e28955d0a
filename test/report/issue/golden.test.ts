import { expect, test } from 'vitest';
import { renderIssue } from '../../../src/report/issue/render-issue.ts';
import { bytesOf } from '../comment/check-markdown.ts';
import { expectIssueWhole } from './check-issue.ts';
import { busyWatch, grantEnd, owed, stranger, watch } from './example-watches.ts';

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

test('a clean account still says which grants end soon', async () => {
  await shown(watch({ ending: [grantEnd({ principal: 'olga@acme.example', until: '2026-12-01' })], ledger: null }), 'ending');
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
