import { expect, test } from 'vitest';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';
import { effectsOf, isWrite } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { type Met, openStage, type Ran } from './open-stage.ts';
import { type Story, storyOf } from './stories.ts';

/** The lists without which nothing is known of an account, by the kind of account. */
const LISTS: readonly { readonly story: Story; readonly of: RegExp; readonly harmless: readonly string[] }[] = [
  {
    story: storyOf('somebody leaves'),
    of: /^\/v2\/sub_users\?/,
    // A role or a status that nobody knows is shown and left alone; there is one page, and its link is followed by nobody.
    harmless: ['late', 'an unknown role', 'an unknown status', 'the first page again', 'a next page elsewhere'],
  },
  {
    story: storyOf('a Telnyx organization: somebody is removed'),
    of: /users_groups_report$/,
    harmless: ['late', 'an unknown role', 'an unknown status', 'another total', 'the first page again', 'a next page elsewhere'],
  },
  {
    story: storyOf('Twilio: somebody leaves, and the login ends'),
    of: /^\/scim\/v2\/Users$/,
    // Where this path is not there or not open, an older one is.
    harmless: ['403', '404', 'late', 'an unknown status', 'an unknown role', 'the first page again', 'a next page elsewhere'],
  },
  {
    story: storyOf('Twilio: somebody leaves, and the login ends'),
    of: /RoleAssignments\?Scope=AC/,
    // Twilio states no total here: a list that lies in the same words each time is told from the truth by nothing but its size.
    harmless: [
      'late',
      'an unknown role',
      'an unknown status',
      'a row less',
      'another total',
      'the first page again',
      'an empty page',
      'an empty list',
    ],
  },
];

test.each(LISTS)(
  'a list that goes wrong for a whole run, $of of $story.name: nothing is changed in the account, and it is said',
  async ({ story, of, harmless }) => {
    const calm = await openStage(story);
    await calm.run();
    const undisturbed = effectsOf(calm.met);
    const concerns = ({ path }: Pick<Met, 'path'>): boolean => of.test(path);
    const wrong: string[] = [];
    let faults = 0;
    for (const kind of FAULT_KINDS.filter((one) => one.of !== 'writes' && !harmless.includes(one.name))) {
      const stage = await openStage(story);
      const came = await stage.run({
        fault: ({ url }) => (concerns({ path: decodeURIComponent(new URL(url).pathname + new URL(url).search) }) ? kind.fault : null),
      });
      if (!came.met.some(({ fault }) => fault === kind.fault.kind)) continue;
      faults += 1;
      wrong.push(
        ...[...judgeRun({ stage, came, met: came.met, undisturbed }), ...judgeStill(came)].map((one) => `${nameOf(kind)}: ${one}`),
      );
    }
    expect(wrong).toEqual([]);
    expect(faults).toBeGreaterThan(30);
  },
);

function judgeStill({ exit, met, stdout, stderr }: Ran): string[] {
  const writes = met.filter(isWrite).map(({ method, path }) => `sent ${method} ${path}`);
  return exit === 8 || exit === 9 ? writes : [...writes, `exit ${exit}: ${stderr}${stdout.slice(0, 400)}`];
}

function nameOf({ name }: FaultKind): string {
  return name;
}
