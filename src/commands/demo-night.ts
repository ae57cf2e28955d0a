import { EXIT } from '../errors.ts';
import { approveAndMerge, openPull } from './demo-github.ts';
import type { Office } from './demo-office.ts';
import { type Cut, playScene, type Scene, say, TO_THE_END } from './demo-scene.ts';
import { showIssue, showNews } from './demo-speech.ts';

const ACCOUNT = 'telnyx-production';
const LEAVER = 'bo.nilsson@acme.example';
/** What Ines attests about the keys that Dmitri could read while he was an admin. */
const REVIEW = {
  [`rosters/${ACCOUNT}.yaml`]: [
    'attested_by: ines.okafor@acme.example',
    'attested_on: 2026-11-30',
    'reviewed:',
    '  - { after: dmitri.volkov@acme.example, on: 2026-11-30 }',
    '',
  ].join('\n'),
};
/** The issue says it better. */
const REST: Cut = [/^What remains/, TO_THE_END];

/** The second act: what people did in the portal at night, what the scheduled run made of it, and the morning. */
export async function tellNight(office: Office): Promise<void> {
  const { outer, clock, telnyx } = office;
  const portal = telnyx.world.portal(ACCOUNT);
  const drift = async (why: string, expected: Scene['expected']) =>
    playScene(office, await office.mainJob('schedule'), { why, argv: ['ci', 'drift'], expected, cuts: [REST] });

  portal.accept('iris.vale@acme.example');
  clock.set('2026-11-27T22:40:00Z');
  portal.deleteByPortal(LEAVER, 'ines.okafor@acme.example');
  clock.set('2026-11-27T22:50:00Z');
  portal.setRole('dmitri.volkov@acme.example', 'admin', 'jonas.weber@acme.example');
  portal.inviteByPortal('mallory@elsewhere.example', 'admin', 'Mallory', 'jonas.weber@acme.example');
  say(
    outer,
    'Friday, 22:40. Bo has to leave at once, so Ines, an admin, deletes him in the Telnyx portal; policy still names him. At 22:50 Jonas, an admin too, gives Dmitri that role there and invites a stranger with it.',
  );
  clock.set('2026-11-27T23:23:00Z');
  await drift('The hourly run takes back what somebody gained. What somebody lost it only reports, so Bo stays out.', EXIT.changes);
  say(outer, "Each account has one issue. It says what nobody approved and, by Telnyx's audit log, who is likely to have done it.");
  showIssue(office, ACCOUNT);

  clock.set('2026-11-30T08:23:00Z');
  await drift('Monday, 08:23. What was taken back stayed away. Bo is still out, and still reported.', EXIT.changes);
  const number = await openPull(office, 'Bo has left', { ...withoutLeaver(office.policies), ...REVIEW });
  clock.set('2026-11-30T08:40:00Z');
  say(
    outer,
    `Ines has looked through the API keys that Dmitri could read as an admin. Ada opens pull request ${number}, which attests that and takes Bo out of the policies.`,
  );
  await playScene(office, office.planJob(number), {
    why: "Bo's access is gone already, so there is nothing to change.",
    argv: ['ci', 'plan'],
    expected: EXIT.ok,
  });
  await approveAndMerge(office, number);
  say(outer, 'Grace approves, and it is merged.');
  await playScene(office, await office.mainJob('push'), {
    why: 'Apply finds that true already, and changes nothing.',
    argv: ['ci', 'apply'],
    expected: EXIT.ok,
  });
  clock.set('2026-11-30T09:23:00Z');
  await drift('The next run finds nothing to report, and closes the issue.', EXIT.ok);
  showNews(office, ACCOUNT);
}

/** Every file that names the leaver, without them. */
function withoutLeaver(policies: Readonly<Record<string, string>>): Record<string, string> {
  const line = new RegExp(`^ *- (email: )?${LEAVER}\\n(  \\w+: .*\\n)*`, 'm');
  return Object.fromEntries(Object.entries(policies).flatMap(([path, text]) => (line.test(text) ? [[path, text.replace(line, '')]] : [])));
}
