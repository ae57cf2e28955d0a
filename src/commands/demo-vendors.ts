import { type RunningTwilio, startTwilio } from '../emulator/twilio/start-twilio.ts';
import { EXIT } from '../errors.ts';
import type { DesiredState } from '../model.ts';
import type { World } from '../ports.ts';
import { createRandom } from '../text/create-random.ts';
import type { StoryClock } from './demo-clock.ts';
import { type Cut, playScene, type Scene, say, type Teller } from './demo-scene.ts';
import { demoTwilioSeed } from './demo-seed.ts';
import { variableStem } from './serve-emulators.ts';

export const WHOLESALE = 'telnyx-wholesale';
export const MAIN = 'twilio-main';
export const LABS = 'twilio-labs';

const ATTESTER = 'ines.okafor@acme.example';
const HOUR_MS = 3_600_000;

export interface VendorsStory extends Teller {
  /** The terminal of the act before: its ledger and its Telnyx go on. */
  readonly world: World;
  readonly clock: StoryClock;
  readonly desired: DesiredState;
}

/** The fourth act: accounts that can do different things, under the same rules. */
export async function tellVendors(story: VendorsStory): Promise<void> {
  const { clock, desired } = story;
  const twilio = await startTwilio({ clock, random: createRandom(3), seed: demoTwilioSeed(desired, MAIN, LABS) });
  const env = { ...story.world.env, ...credentialsOf(twilio), ROLLCALL_TWILIO_ORIGIN: twilio.origin };
  try {
    const told: Vendors = { ...story, twilio, world: { ...story.world, env } };
    await tellOrganization(told);
    await tellConsole(told);
    await tellPerson(told);
  } finally {
    await twilio.stop();
  }
}

interface Vendors extends VendorsStory {
  readonly twilio: RunningTwilio;
}

function play(story: Vendors, why: string, argv: readonly string[], expected: Scene['expected'], ...cuts: Cut[]): Promise<void> {
  return playScene(story, story.world, { why, argv, expected, cuts });
}

async function tellOrganization(story: Vendors): Promise<void> {
  const { outer, twilio } = story;
  say(outer, `Twilio is emulated at ${twilio.origin}`);
  await play(story, 'What is each credential good for, and what can this kind of account do?', ['doctor', '--account', MAIN], EXIT.ok);
  await play(story, 'Plan', ['plan', '--account', MAIN], EXIT.ok);
  await play(story, 'Apply', ['apply', '--account', MAIN, '--yes'], EXIT.ok);
  await play(story, 'Ledger', ['ledger', 'show', '--account', MAIN], EXIT.ok);
}

async function tellConsole(story: Vendors): Promise<void> {
  const { outer, clock, twilio } = story;
  const page = twilio.world.console(LABS);
  const roster = async (why: string) => {
    const pasted = `Users\n${page.usersPage()}\nInvited\n${page.invitedPage()}`;
    const world: World = { ...story.world, readInput: async () => pasted };
    await playScene(story, world, { why, argv: ['roster', '--account', LABS, '--attested-by', ATTESTER], expected: EXIT.ok });
  };
  await roster('Roster');
  await play(story, 'Plan', ['plan', '--account', LABS], EXIT.ok);
  page.setRoles('mina.park@acme.example', []);
  page.setRoles('mina.park@acme.example', ['developer']);
  clock.advance(HOUR_MS);
  say(outer, 'done');
  await roster('Roster');
  await play(story, 'Plan', ['plan', '--account', LABS], EXIT.ok);
}

async function tellPerson(story: Vendors): Promise<void> {
  await play(story, 'Observe', ['observe', '--out', 'observation.json'], EXIT.ok);
  await play(story, 'Explain', ['explain', 'ada.lindqvist@acme.example', '--observation', 'observation.json'], EXIT.ok);
}

function credentialsOf({ world }: RunningTwilio): Record<string, string> {
  const variables = world.accounts.flatMap((name) => {
    const { clientId, clientSecret, accountSid, authToken } = world.credentials(name);
    const own: [string, string][] = [
      ['ACCOUNT_SID', accountSid],
      ['AUTH_TOKEN', authToken],
    ];
    if (clientId !== null && clientSecret !== null) own.push(['CLIENT_ID', clientId], ['CLIENT_SECRET', clientSecret]);
    return own.map(([suffix, value]) => [`${variableStem(name)}_${suffix}`, value]);
  });
  return Object.fromEntries(variables);
}
