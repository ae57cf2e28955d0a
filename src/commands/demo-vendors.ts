import { type RunningTwilio, startTwilio } from '../emulator/twilio/start-twilio.ts';
import { EXIT } from '../errors.ts';
import type { DesiredState } from '../model.ts';
import type { World } from '../ports.ts';
import { createRandom } from '../text/create-random.ts';
import type { StoryClock } from './demo-clock.ts';
import { type Cut, playScene, type Scene, say, type Teller, TO_THE_END } from './demo-scene.ts';
import { demoTwilioSeed } from './demo-seed.ts';
import { variableStem } from './serve-emulators.ts';

export const WHOLESALE = 'telnyx-wholesale';
export const MAIN = 'twilio-main';
export const LABS = 'twilio-labs';

const ADA = 'ada.lindqvist@acme.example';
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
  say(
    outer,
    `Three more accounts, two of them at Twilio, which is emulated at ${twilio.origin}. Ada used to run those alone and is still administrator there. Priya works on something else now, Mina is back from a leave with her login still inactive, and Noor is new.`,
  );
  await play(
    story,
    'What is each credential good for, and what can each kind of account do? Nothing is changed to find out.',
    ['doctor'],
    EXIT.ok,
    [/^ {2}--account NAME/, /^What each/],
    [/^resend an/, /^5 credentials/],
  );
  await play(
    story,
    'The plan looks as it did for Telnyx. API keys outlive people, so it names those that Priya could read.',
    ['plan', '--account', MAIN],
    EXIT.ok,
    [/^ {4}1\. /, /^ {2}API keys/],
    [/^ {2}Note: /, /^Plan:/],
  );
  await play(story, 'Apply makes that true and nothing else.', ['apply', '--account', MAIN, '--yes'], EXIT.ok);
  await play(
    story,
    'One change takes several requests at Twilio. The ledger has each of them, so a run that is cut off in the middle goes on there. And Priya is not wholly gone as long as those keys are valid.',
    ['ledger', 'show', '--account', MAIN],
    EXIT.ok,
    [/ observation /, / intent .*patch ada/],
    [/ intent .*patch mina/, /^Not wholly gone/],
    [/^ {6}SK/, TO_THE_END],
  );
}

async function tellConsole(story: Vendors): Promise<void> {
  const { outer, clock, twilio } = story;
  const page = twilio.world.console(LABS);
  const attest = (why: string, ...cuts: Cut[]) => {
    const pasted = `Users\n${page.usersPage()}\nInvited\n${page.invitedPage()}`;
    const argv = ['roster', '--account', LABS, '--attested-by', ATTESTER];
    return playScene(story, { ...story.world, readInput: async () => pasted }, { why, argv, expected: EXIT.ok, cuts });
  };
  say(
    outer,
    `${LABS} is outside the organization, and no API says who is in it. Ines copies the users page and the invited page out of the Console.`,
  );
  await attest('What she pastes into rollcall becomes a roster, which stands for a read.');
  await play(
    story,
    'Here every change is made by hand, and the plan says how.',
    ['plan', '--account', LABS],
    EXIT.ok,
    [/^ {6}1\. /, /^ {6}3\. /],
    [/^ {6}5\. /, /^ {6}6\. /],
    [/^ {2}Invited/, /^Plan:/],
    [/^Admins/, TO_THE_END],
  );
  clock.advance(HOUR_MS);
  page.setRoles(ADA, [], ATTESTER);
  page.setRoles(ADA, ['developer'], ATTESTER);
  say(outer, 'Ines follows the steps in the Console, and copies both pages once more.');
  await attest('The next roster is the proof.', [/^ {2}active/, /^Hold/]);
  await play(story, 'With it there is nothing left to do.', ['plan', '--account', LABS, '--detailed-exitcode'], EXIT.ok, [
    /^ {2}Invited/,
    /^No changes/,
  ]);
}

async function tellPerson(story: Vendors): Promise<void> {
  await play(story, 'All five accounts are read once,', ['observe', '--out', 'observation.json'], EXIT.ok);
  await play(story, 'and one table says what Ada holds at both vendors.', ['explain', ADA, '--observation', 'observation.json'], EXIT.ok, [
    /^telnyx-production$/,
    TO_THE_END,
  ]);
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
