import { openMemoryStorage } from '../apply/open-memory-storage.ts';
import { type RunningTelnyx, startTelnyx } from '../emulator/start-telnyx.ts';
import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import type { DesiredState } from '../model.ts';
import type { Files, PolicySource, World } from '../ports.ts';
import { createRandom } from '../text/create-random.ts';
import { createStoryClock, type StoryClock } from './demo-clock.ts';
import { tellPull } from './demo-github.ts';
import { tellNight } from './demo-night.ts';
import { withOffice } from './demo-office.ts';
import { type Cut, indent, playScene, type RunCli, say, type Teller, TO_THE_END } from './demo-scene.ts';
import { demoKeyOf, demoKeys, demoSeed, FOUNDER } from './demo-seed.ts';
import { loadFindings } from './load-desired.ts';
import { createRun, type Run } from './run-context.ts';

const HOUR_MS = 3_600_000;
/** The accounts that the story is about. */
const NEEDED = ['telnyx-production', 'telnyx-support'];
const APPROVAL = 'approvals/2026-11-contractors.yaml';

/** A whole story with the very command line that users run, against the emulator on loopback. Nothing is written to disk. */
export async function demo(outer: Run, runCli: RunCli): Promise<ExitCode> {
  const clock = createStoryClock();
  const stage = createStage(outer.world.files);
  const first = createRun({ ...outer.world, env: {}, clock, files: stage.files }, outer.flags);
  const { desired } = await loadFindings(first);
  if (desired === null || !NEEDED.every((account) => desired.accounts.has(account)))
    throw new RollcallError('usage', 'the demo needs the example policies: run it in a clone of rollcall, or give --policies');
  await tellOnGithub({ outer, runCli }, desired);
  const emulator = await startTelnyx({ clock, random: createRandom(1), seed: demoSeed(desired, demoKeyOf) });
  const storage = openMemoryStorage();
  const world: World = {
    ...outer.world,
    env: { ...colourOf(outer), ...demoKeys(desired), ROLLCALL_TELNYX_ORIGIN: emulator.origin },
    clock,
    random: createRandom(2),
    files: stage.files,
    git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
    openStorage: () => storage,
    ask: null,
  };
  try {
    return await tell({ outer, world, clock, stage, emulator, runCli });
  } finally {
    await emulator.stop();
  }
}

async function tellOnGithub(teller: Teller, desired: DesiredState): Promise<void> {
  const { outer } = teller;
  const title = (text: string) => outer.print(`\n${outer.style.bold(text)}`);
  title('ACT ONE: a pull request');
  await withOffice({ ...teller, clock: createStoryClock(), desired }, async (office) => {
    await tellPull(office);
    title('ACT TWO: a Friday night');
    await tellNight(office);
  });
  title('ACT THREE: the same rules from a terminal');
}

interface Story {
  readonly outer: Run;
  readonly world: World;
  readonly clock: StoryClock;
  readonly stage: Stage;
  readonly emulator: RunningTelnyx;
  readonly runCli: RunCli;
}

async function tell(story: Story): Promise<ExitCode> {
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
  outer.print(indent(await stage.text(APPROVAL)));
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
  return EXIT.ok;
}

function colourOf(run: Run): Record<string, string> {
  const { NO_COLOR, FORCE_COLOR } = run.world.env;
  return { ...(NO_COLOR === undefined ? {} : { NO_COLOR }), ...(FORCE_COLOR === undefined ? {} : { FORCE_COLOR }) };
}

interface Stage {
  readonly files: Files;
  hide(path: string): void;
  show(path: string): void;
  text(path: string): Promise<string>;
}

/** The example policies as they are, minus what the story has not come to yet; files that commands write stay in memory. */
function createStage(real: Files): Stage {
  const hidden = new Set<string>();
  const written = new Map<string, string>();
  let source: PolicySource | null = null;
  return {
    files: {
      resolve: (path) => real.resolve(path),
      temporary: () => real.temporary(),
      readText: async (path, maxBytes) => written.get(path) ?? real.readText(path, maxBytes),
      writeText: async (path, text) => {
        written.set(path, text);
      },
      policies: (folder) => {
        const inner = real.policies(folder);
        source = inner;
        return {
          list: async (inside) => (await inner.list(inside))?.filter(({ name }) => !hidden.has(`${inside}/${name}`)) ?? null,
          read: (path) => inner.read(path),
        };
      },
    },
    hide: (path) => {
      hidden.add(path);
    },
    show: (path) => {
      hidden.delete(path);
    },
    text: async (path) => new TextDecoder().decode(await source?.read(path)),
  };
}
