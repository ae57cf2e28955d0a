import { EXIT } from '../errors.ts';
import { inPolicies, type Office, REPOSITORY } from './demo-office.ts';
import { playScene, say } from './demo-scene.ts';
import { showComment } from './demo-speech.ts';

const MINUTE_MS = 60_000;

/** What Ada proposes. Paths are inside `policies/`. */
const PROPOSAL: Readonly<Record<string, string>> = {
  'people/new-hires.yaml': '- email: iris.vale@acme.example\n  name: Iris Vale\n',
  'teams/on-call.yaml': [
    'members:',
    '  - mina.park@acme.example',
    'grants:',
    '  - { account: telnyx-production, role: admin, reason: Second on call over the holidays (OPS-1501), until: 2027-01-15 }',
    '',
  ].join('\n'),
  'teams/porting.yaml': [
    'members:',
    '  - iris.vale@acme.example',
    'grants:',
    '  - { account: telnyx-production, role: member, reason: Ports numbers (HR-240) }',
    '',
  ].join('\n'),
};

/** The first act: proposed in a pull request, shown there, approved, merged and made true. */
export async function tellPull(office: Office): Promise<void> {
  const { outer, clock } = office;
  say(
    outer,
    `Acme keeps who may do what in the repository ${REPOSITORY}, and changes it by pull request. GitHub is emulated at ${office.github.origin}.`,
  );
  await playScene(office, await office.mainJob('workflow_dispatch'), {
    why: 'The first run on main reads both accounts and keeps what it saw, signed, on a branch.',
    argv: ['ci', 'apply'],
    expected: EXIT.ok,
  });
  const number = await openPull(office, 'Mina is second on call, Iris ports numbers', PROPOSAL);
  clock.advance(20 * MINUTE_MS);
  say(outer, `Ada opens pull request ${number}. The job that plans it holds no vendor's key: it plans on what main last observed.`);
  await playScene(office, office.planJob(number), { why: 'What would it do?', argv: ['ci', 'plan'], expected: EXIT.ok });
  showComment(office, number);

  await approveAndMerge(office, number);
  say(outer, 'Grace, who is in @acme/security, approves, and it is merged.');
  await playScene(office, await office.mainJob('push'), {
    why: 'Apply works out anew what was approved, reads the account, and makes that true and nothing else.',
    argv: ['ci', 'apply'],
    expected: EXIT.ok,
  });
  showComment(office, number);
}

/** Ada's, on a branch of hers. Gives the number. */
export async function openPull({ people }: Office, title: string, files: Readonly<Record<string, string>>): Promise<number> {
  const head = `ada/${title.split(' ')[0]?.toLowerCase()}`;
  await people.commitFiles(head, inPolicies(files), title, 'ada');
  return people.openPull({ head, base: 'main', title, author: 'ada' });
}

/** Grace's part. */
export async function approveAndMerge({ people, clock }: Office, number: number): Promise<void> {
  await people.review(number, { by: 'grace', state: 'approved' });
  clock.advance(MINUTE_MS);
  await people.merge(number, { method: 'squash', by: 'grace' });
}
