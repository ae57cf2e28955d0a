import { openMemoryStorage } from '../apply/open-memory-storage.ts';
import { type RunningTelnyx, startTelnyx } from '../emulator/start-telnyx.ts';
import { EXIT, EXIT_MEANINGS, type ExitCode, RollcallError } from '../errors.ts';
import type { DesiredState } from '../model.ts';
import type { Files, PolicySource, World } from '../ports.ts';
import { wrapText } from '../report/fit-text.ts';
import { createRandom } from '../text/create-random.ts';
import { createStoryClock, type StoryClock } from './demo-clock.ts';
import { tellOnGithub } from './demo-github.ts';
import { demoSeed, FOUNDER } from './demo-seed.ts';
import { loadFindings } from './load-desired.ts';
import { createRun, type Run } from './run-context.ts';

const HOUR_MS = 3_600_000;
/** The accounts that the story is about. */
const NEEDED = ['telnyx-production', 'telnyx-support'];
const APPROVAL = 'approvals/2026-11-contractors.yaml';

type RunCli = (argv: readonly string[], world: World) => Promise<ExitCode>;

/** A whole story with the very command line that users run, against the emulator on loopback. Nothing is written to disk. */
export async function demo(outer: Run, runCli: RunCli): Promise<ExitCode> {
  const clock = createStoryClock();
  const stage = createStage(outer.world.files);
  const first = createRun({ ...outer.world, env: {}, clock, files: stage.files }, outer.flags);
  const { desired } = await loadFindings(first);
  if (desired === null || !NEEDED.every((account) => desired.accounts.has(account)))
    throw new RollcallError('usage', 'the demo needs the example policies: run it in a clone of rollcall, or give --policies');
  await firstAct(outer, desired, runCli);
  const keyOf = (account: string) => `KEY-DEMO-${account}`;
  const emulator = await startTelnyx({ clock, random: createRandom(1), seed: demoSeed(desired, keyOf) });
  const storage = openMemoryStorage();
  const keys = [...desired.accounts.keys()].map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_API_KEY`, keyOf(name)]);
  const world: World = {
    ...outer.world,
    env: { ...colourOf(outer), ...Object.fromEntries(keys), ROLLCALL_TELNYX_ORIGIN: emulator.origin },
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

async function firstAct(outer: Run, desired: DesiredState, runCli: RunCli): Promise<void> {
  outer.print(`\n${outer.style.bold('ACT ONE: a pull request')}`);
  await tellOnGithub({
    outer,
    clock: createStoryClock(),
    desired,
    say: (text) => say(outer, text),
    scene: (world, why, argv, expected) => scene({ outer, world, runCli }, why, argv, expected),
  });
  outer.print(`\n\n${outer.style.bold('ACT TWO: the same rules from a terminal')}`);
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
  say(outer, `Acme has two Telnyx accounts, emulated here at ${emulator.origin}. Its policies are in ${outer.flags.policies}/.`);

  await scene(story, 'Are the policies sound?', ['validate'], [EXIT.ok]);
  stage.hide(APPROVAL);
  await scene(story, 'A first plan. Six people of a programme that ended would go at once, and a guard minds.', ['plan'], [EXIT.blocked]);
  stage.show(APPROVAL);
  say(outer, `Security approves with a counted, expiring file, ${APPROVAL}:`);
  outer.print(indent(await stage.text(APPROVAL)));
  await scene(story, 'With it the guard passes, and the plan can be saved and reviewed.', ['plan', '--out', 'plan.json'], [EXIT.ok]);
  await scene(
    story,
    'Apply that plan and nothing else. What waits for people stays owed: exit 10.',
    ['apply', '--plan', 'plan.json'],
    [EXIT.deferred],
  );

  clock.advance(HOUR_MS);
  for (const user of emulator.world.state('telnyx-production').users.filter((one) => one.status === 'invited'))
    production.accept(user.email);
  support.setOwner('helen.brandt@acme.example');
  support.deleteByPortal(FOUNDER);
  say(outer, "An hour later the invitations are accepted. Telnyx support has made Helen the owner and closed the founder's login.");
  await scene(
    story,
    'The next run goes on with what is owed: the old address goes, now that the new one is active.',
    ['apply', '--plan', 'plan.json'],
    [EXIT.ok],
  );
  await scene(story, 'A second plan is empty.', ['plan', '--detailed-exitcode'], [EXIT.ok]);

  clock.advance(9 * HOUR_MS);
  production.setRole('dmitri.volkov@acme.example', 'admin');
  production.inviteByPortal('mallory@elsewhere.example', 'admin', 'Mallory');
  say(outer, 'At night somebody makes Dmitri an admin in the portal and invites a stranger.');
  await scene(story, 'No commit explains that: it is drift.', ['drift'], [EXIT.changes]);
  await scene(story, 'Gained access is taken back, by the rules of the account file.', ['drift', '--revert'], [EXIT.ok]);
  await scene(story, 'Every step stands in the ledger, each record bound to the one before.', ['ledger', 'verify'], [EXIT.ok]);
  say(
    outer,
    `That was the whole of it: ${emulator.world.requests.length} requests to the emulator, ${emulator.world.requests.filter((one) => one.mutating).length} of them changed something.`,
  );
  return EXIT.ok;
}

/** One command of the story, as a user would type it, with the code it ends on. Another code than the story's is a defect. */
async function scene(
  { outer, world, runCli }: Pick<Story, 'outer' | 'world' | 'runCli'>,
  why: string,
  argv: readonly string[],
  expected: readonly ExitCode[],
): Promise<void> {
  const { style } = outer;
  outer.print(`\n${style.bold(why)}`);
  outer.print(`${style.cyan('$')} rollcall ${argv.join(' ')}\n`);
  // In a repository on GitHub the policies are where everybody has them, wherever the demo found its own.
  const policies = argv[0] === 'ci' ? 'policies' : outer.flags.policies;
  const exit = await runCli([...argv, '--quiet', '--policies', policies, ...(outer.flags.colour ? [] : ['--no-color'])], world);
  outer.print(style.dim(exit === EXIT.ok ? 'exit 0' : `exit ${exit}: ${EXIT_MEANINGS[exit]}`));
  if (!expected.includes(exit))
    throw new Error(`the demo expected exit ${expected.join(' or ')} from rollcall ${argv.join(' ')}, and got ${exit}`);
}

function say(run: Run, text: string): void {
  const lines = wrapText(text, run.style.columns - 2).map((line) => `${run.style.dim('#')} ${line}`);
  run.print(`\n${lines.join('\n')}`);
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
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
