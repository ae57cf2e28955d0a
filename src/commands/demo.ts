import { openMemoryStorage } from '../apply/open-memory-storage.ts';
import { type RunningTelnyx, startTelnyx } from '../emulator/start-telnyx.ts';
import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import type { DesiredState } from '../model.ts';
import type { World } from '../ports.ts';
import { wrapText } from '../report/fit-text.ts';
import { createRandom } from '../text/create-random.ts';
import { createStoryClock, type StoryClock } from './demo-clock.ts';
import { tellPull } from './demo-github.ts';
import { tellNight } from './demo-night.ts';
import { withOffice } from './demo-office.ts';
import { type Cut, indent, playScene, type RunCli, say, type Teller, TO_THE_END } from './demo-scene.ts';
import { demoKeyOf, demoKeys, demoSeed, FOUNDER } from './demo-seed.ts';
import { createStage, type Stage } from './demo-stage.ts';
import { LABS, MAIN, tellVendors, WHOLESALE } from './demo-vendors.ts';
import { loadFindings } from './load-desired.ts';
import { createRun, type Run } from './run-context.ts';

const HOUR_MS = 3_600_000;
/** The accounts of the first three acts. */
const OPENS_WITH = ['telnyx-production', 'telnyx-support'];
/** What the first three acts have not come to yet. */
const FOURTH_ACT = [
  ...[WHOLESALE, MAIN, LABS].map((account) => `accounts/${account}.yaml`),
  ...['carriers', 'ivr', 'numbers'].map((team) => `teams/${team}.yaml`),
  `rosters/${LABS}.yaml`,
];
const APPROVAL = 'approvals/2026-11-contractors.yaml';

/** A whole story with the very command line that users run, against emulators on loopback. Nothing of it stays on disk. */
export async function demo(outer: Run, runCli: RunCli): Promise<ExitCode> {
  const clock = createStoryClock();
  const stage = createStage(outer.world.files);
  const policies = createRun({ ...outer.world, env: {}, clock, files: stage.files }, outer.flags);
  const whole = await readExample(policies, [...OPENS_WITH, WHOLESALE, MAIN, LABS]);
  // Rollcall's own files for GitHub are none of the story: the acts that play there have a repository of their own.
  stage.hide(...FOURTH_ACT, outer.world.files.resolve(`${outer.flags.policies}/../.github`));
  const desired = await readExample(policies, OPENS_WITH);
  const title = (text: string) => outer.print(`\n${outer.style.bold(text)}`);
  title('ACT ONE: a pull request');
  await withOffice({ outer, runCli, clock: createStoryClock(), files: stage.files, desired }, async (office) => {
    await tellPull(office);
    title('ACT TWO: a Friday night');
    await tellNight(office);
  });
  const telnyx = await startTelnyx({ clock, random: createRandom(1), seed: demoSeed(desired, whole, demoKeyOf) });
  const storage = openMemoryStorage();
  const world: World = {
    ...outer.world,
    env: { ...colourOf(outer), ...demoKeys(whole), ROLLCALL_TELNYX_ORIGIN: telnyx.origin },
    clock,
    random: createRandom(2),
    files: stage.files,
    git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
    openStorage: () => storage,
    ask: null,
    prompt: null,
  };
  try {
    title('ACT THREE: the same rules from a terminal');
    await tell({ outer, world, clock, stage, emulator: telnyx, runCli });
    stage.show(...FOURTH_ACT);
    title('ACT FOUR: two vendors, four kinds of account');
    await tellVendors({ outer, runCli, world, clock, desired: whole });
    title('YOUR OWN ACCOUNTS');
    tellHow(outer);
    return EXIT.ok;
  } finally {
    await telnyx.stop();
  }
}

async function readExample(run: Run, needed: readonly string[]): Promise<DesiredState> {
  const { desired } = await loadFindings(run);
  if (desired !== null && needed.every((account) => desired.accounts.has(account))) return desired;
  throw new RollcallError('usage', 'the demo needs the example policies: run it in a clone of rollcall, or give --policies');
}

interface Story extends Teller {
  readonly world: World;
  readonly clock: StoryClock;
  readonly stage: Stage;
  readonly emulator: RunningTelnyx;
}

async function tell(story: Story): Promise<void> {
  const { outer, clock, stage, emulator } = story;
  const production = emulator.world.portal('telnyx-production');
  const support = emulator.world.portal('telnyx-support');
  say(
    outer,
    `Without GitHub, on two accounts that rollcall has never seen, emulated at ${emulator.origin}. Policies are in ${outer.flags.policies}/.`,
  );

  const scene = (why: string, argv: readonly string[], expected: ExitCode, ...cuts: Cut[]) =>
    playScene(story, story.world, { why, argv, expected, cuts });
  await scene('Are the policies sound?', ['validate'], EXIT.ok);
  stage.hide(APPROVAL);
  await scene(
    'A first plan. Six people of a programme that ended would go at once, and a guard minds.',
    ['plan'],
    EXIT.blocked,
    [/delete {2}nadia/, /patch {3}ada/],
    [/invite {2}kofi/, /delete {2}grace/],
    [/max_deletes_percent 6/, /max_deletes \(/],
    [/^telnyx-support/, /^Plan:/],
  );
  stage.show(APPROVAL);
  say(outer, `Security approves with a counted, expiring file, ${APPROVAL}:`);
  outer.print(indent(new TextDecoder().decode(await stage.files.policies(outer.flags.policies).read(APPROVAL))));
  await scene(
    'With it the guard passes, and the plan can be saved and reviewed.',
    ['plan', '--out', 'plan.json'],
    EXIT.ok,
    [/^telnyx-production/, /✓ max_deletes 6/],
    [/max_deletes_percent 6/, /^Plan:/],
  );
  await scene(
    'Apply that plan and nothing else. What waits for people stays owed: exit 10.',
    ['apply', '--plan', 'plan.json'],
    EXIT.deferred,
    [/^applied {4}delete nadia/, /^applied {4}invite zoe/],
    [/^To do by hand/, /^Applied/],
    [/^What remains/, TO_THE_END],
  );

  clock.advance(HOUR_MS);
  for (const user of emulator.world.state('telnyx-production').users.filter((one) => one.status === 'invited'))
    production.accept(user.email);
  support.setOwner('helen.brandt@acme.example');
  support.deleteByPortal(FOUNDER);
  say(outer, "An hour later the invitations are accepted. Telnyx support has made Helen the owner and closed the founder's login.");
  await scene(
    'The next run goes on with what is owed: the old address goes, now that the new one is active.',
    ['apply', '--plan', 'plan.json'],
    EXIT.ok,
    [/^already/, /^applied/],
  );
  await scene('A second plan is empty.', ['plan', '--detailed-exitcode'], EXIT.ok, [/^telnyx-production/, /^No changes/]);
  await scene('Every step stands in the ledger, each record bound to the one before.', ['ledger', 'verify'], EXIT.ok);
}

/** The same on the reader's own accounts, in three commands. */
const THREE_COMMANDS = [
  ['npx rollcall init ../access', 'A repository: your accounts, the workflows, and what is left to set up.'],
  [
    'npx rollcall doctor --policies ../access/policies',
    'At any time: keys, rulesets, environment, workflows; what is missing, each with its fix.',
  ],
  [
    'npx rollcall import --policies ../access/policies',
    'On a branch, once the first commit is on main: who is there, as policies. No account is changed.',
  ],
] as const;

function tellHow({ style, print }: Run): void {
  for (const [command, does] of THREE_COMMANDS) {
    print(`\n${wrapText(does, style.columns).map(style.bold).join('\n')}`);
    print(`${style.cyan('$')} ${command}`);
  }
}

function colourOf(run: Run): Record<string, string> {
  const { NO_COLOR, FORCE_COLOR } = run.world.env;
  return { ...(NO_COLOR === undefined ? {} : { NO_COLOR }), ...(FORCE_COLOR === undefined ? {} : { FORCE_COLOR }) };
}
