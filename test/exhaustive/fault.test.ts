import { expect, test } from 'vitest';
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts';
import { type Effects, effectsOf, isWrite } from './judge.ts';
import { judgeRun } from './judge-run.ts';
import { type Met, openStage, type Stage } from './open-stage.ts';
import { STORIES, type Story } from './stories.ts';

/** Time until the next run: past the settle time, and past the first parking. */
const WAITS_MINUTES = [11, 7 * 60];

test.each(STORIES)(
  'every fault at every request, $name: nothing wrong is done or said, and two runs later all is well',
  async (story) => {
    const calm = await openStage(story);
    const { met } = await calm.run();
    const undisturbed = effectsOf(calm.met);
    const wrong: string[] = [];
    let faults = 0;
    for (const request of met.filter((one) => story.name === READ_HERE || !isOfWholeAccount(one))) {
      for (const kind of FAULT_KINDS.filter((one) => concerns(one, request))) {
        const found = await strike(story, kind, request, undisturbed);
        if (found === null) continue;
        faults += 1;
        wrong.push(...found.map((one) => `${request.number} ${request.method} ${request.path}, ${kind.name}: ${one}`));
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(faults).toBeGreaterThan(280);
  },
  300_000,
);

/** The lists of a whole Twilio account are the same in every story: one of them is where they fail. */
const READ_HERE = 'Twilio: somebody leaves, and the login ends';

function isOfWholeAccount({ vendor, method, path }: Met): boolean {
  return vendor === 'twilio' && method === 'GET' && !/Identity=|filter=|Users\/US/.test(path);
}

function concerns({ of, vendor }: FaultKind, request: Met): boolean {
  if (vendor !== undefined && vendor !== request.vendor) return false;
  return of === 'all' || (of === 'writes') === isWrite(request);
}

/** Null where the fault means nothing to the request. */
async function strike(
  story: Story,
  { fault, leaves, waitsMinutes = 0 }: FaultKind,
  { number, method, path }: Met,
  undisturbed: Effects,
): Promise<readonly string[] | null> {
  const stage = await openStage(story);
  const came = await stage.run({ fault: (_request, at) => (at === number ? fault : null) });
  if (came.met[number - 1]?.fault !== fault.kind) return null;
  const wrong = judgeRun({ stage, came, met: came.met, undisturbed });
  const isInvitation = method === 'POST' && /(sub_users|scim\/v2\/Users)$/.test(path);
  // Of an organization's removal that does nothing nobody knows more than that support can do it.
  const isRemoval = path.endsWith('/actions/remove') && came.stdout.includes('a person has to see to it');
  if ((isInvitation && leaves === 'manual') || isRemoval) return [...wrong, ...(await handOver(stage))];
  // What was put right within the run is looked at again at every fourth request.
  return came.exit === 0 && number % 4 > 0 ? wrong : [...wrong, ...(await converge(stage, came.exit, undisturbed, waitsMinutes))];
}

/** What only a person can put right is owed, said with their name, and never sent again. */
async function handOver(stage: Stage): Promise<string[]> {
  stage.minutes(7 * 60);
  const came = await stage.run();
  const { results } = JSON.parse(came.stdout) as { results: readonly { outcome: string }[] };
  const left = results.some(({ outcome }) => outcome === 'manual');
  const sent = came.met.filter(isWrite).map(({ method, path }) => `sent again: ${method} ${path}`);
  return came.exit === 10 && left ? sent : [`not left to a person: ${came.exit} ${came.stdout}`];
}

/** What is left is done within two runs after whatever time the vendor said to wait, and one more has nothing to do. */
async function converge(stage: Stage, exit: number | null, undisturbed: Effects, waitsMinutes: number): Promise<string[]> {
  const said: string[] = [];
  if (exit !== 0) stage.minutes(waitsMinutes);
  for (const wait of exit === 0 ? [] : WAITS_MINUTES) {
    stage.minutes(wait);
    const came = await stage.run();
    const wrong = judgeRun({ stage, came, met: came.met, undisturbed });
    if (wrong.length > 0) return wrong;
    said.push(`${came.exit} ${came.stderr}${came.stdout}`);
    if (came.exit === 0) break;
    if (said.length === WAITS_MINUTES.length) return [`two runs later all is not well: ${said.join('\n')}`];
  }
  stage.minutes(11);
  const again = await stage.run();
  const writes = again.met.filter(isWrite).map(({ method, path }) => `one more run sends ${method} ${path}`);
  return [
    ...judgeRun({ stage, came: again, met: again.met, undisturbed }),
    ...writes,
    ...(again.exit === 0 ? [] : [`one more run: ${again.exit}`]),
  ];
}
