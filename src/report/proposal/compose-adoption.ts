import type { Change, Digest } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import type { Attribution, DriftEntry } from '../../watch.ts';
import { encodeProse } from '../comment/encode-prose.ts';
import { LIGHTS } from '../comment/render-rows.ts';
import { countWords, listSome } from '../count-words.ts';
import { describeTransition } from '../describe-change.ts';
import { describeLikely } from '../describe-likely.ts';
import type { Section } from '../issue/fit-sections.ts';
import { sortDrift } from '../issue/sort-drift.ts';
import { nameAccount } from '../name-account.ts';
import { composeProposal, type ProposalFrame, type ProposalText, sayPlain } from './compose-proposal.ts';

export interface AdoptionInput extends ProposalFrame {
  /** As a plan has them: `before` is live, `after` is what policy says without this. `why` is a clause. */
  readonly adoption: {
    readonly adopted: readonly Change[];
    readonly refused: readonly { readonly change: Change; readonly why: string }[];
  };
  /** Who likely made each difference. */
  readonly likely: ReadonlyMap<Digest, Attribution>;
}

const MOST_ASKERS = 5;

/** The words of the pull request that writes into the policies what somebody changed in an account. */
export function composeAdoption(input: AdoptionInput): ProposalText {
  const { adopted } = input.adoption;
  const people = countWords(new Set(adopted.map(({ principal }) => principal)).size, 'person', 'people');
  const accounts = [...new Set(adopted.map(({ account }) => account))];
  const [only = ''] = accounts;
  const where = accounts.length === 1 ? 'the account' : countWords(accounts.length, 'account');
  return composeProposal(input, {
    titles: titlesOf(adopted, only, where, people),
    message: messageOf(input, where),
    opening: [
      [`### Adopt what stands in ${accounts.length === 1 ? codeSpan(nameAccount(only)) : where} for ${people}`],
      [openingLine(input)],
    ],
    sections: [adoptedSection(input), refusedSection(input)],
    closing: [['#### What becomes of it', '', ...choiceLines(adopted)]],
  });
}

function titlesOf(adopted: readonly Change[], account: string, where: string, people: string): string[] {
  const who = new Set(adopted.map(({ principal }) => principal));
  const [only = ''] = who.size === 1 ? who : [];
  const one = where === 'the account';
  return [
    ...(one ? sayPlain(`Adopt what stands in ${account} for ${only}`, [account, only]) : []),
    ...(one ? sayPlain(`Adopt what stands in ${account} for ${people}`, [account]) : []),
    `Adopt what stands in ${where} for ${people}`,
  ];
}

function messageOf({ barred }: AdoptionInput, where: string): string {
  const said = `rollcall writes into the policies what somebody changed in ${where}`;
  const [asked = `${said}. Privilege that was gained is never adopted.`] = sayPlain(
    `${said}, as ${listSome(barred.logins, MOST_ASKERS)} asked. Privilege that was gained is never adopted.`,
    barred.logins.length === 0 ? [''] : barred.logins,
  );
  return asked;
}

function openingLine({ barred }: AdoptionInput): string {
  const askers = listSome(
    barred.logins.map((login) => codeSpan(visible(login))),
    MOST_ASKERS,
  );
  const asked = askers === '' ? 'rollcall was asked' : `${askers} asked rollcall`;
  return `Somebody changed access there by hand, and the policies do not say so. ${asked} to write it into them. Privilege that somebody gained is never adopted.`;
}

function adoptedSection(input: AdoptionInput): Section {
  const entries = input.adoption.adopted.map((change) => entryOf(change, '', input));
  return {
    title: '#### Adopted',
    head: ['| | Who | Account | Policy says → would say | Likely by |', '|---|---|---|---|---|'],
    rows: sortDrift(entries).map(({ change, likely }) => `| ${[...cellsOf(change), describeLikely(likely)].join(' | ')} |`),
    called: ['difference', 'differences'],
  };
}

function refusedSection(input: AdoptionInput): Section {
  const entries = input.adoption.refused.map(({ change, why }) => entryOf(change, why, input));
  return {
    title: '#### Not adopted',
    head: ['| | Who | Account | Policy says → in the account | Likely by | Why not |', '|---|---|---|---|---|---|'],
    rows: sortDrift(entries).map(
      ({ change, likely, answer }) => `| ${[...cellsOf(change), describeLikely(likely), encodeProse(answer)].join(' | ')} |`,
    ),
    called: ['difference', 'differences'],
  };
}

/** As the issue has it, so that both tables have the order. It says nothing of since when. */
function entryOf(change: Change, answer: string, { likely, at }: AdoptionInput): DriftEntry {
  return { change, since: at, outcome: null, answer, likely: likely.get(change.id) ?? null };
}

function cellsOf(change: Change): string[] {
  return [
    LIGHTS[change.risk],
    codeSpan(encodePrincipal(change.principal)),
    codeSpan(nameAccount(change.account)),
    codeSentence(describeTransition(towardsLive(change))),
  ];
}

/** A drift change goes from live to policy; an adoption goes the other way. What policy says has no status. */
function towardsLive(change: Change): Change {
  const { before: live, after: policy } = change;
  return { ...change, before: policy === null ? null : { ...policy, status: 'active' }, after: live };
}

function choiceLines(adopted: readonly Change[]): string[] {
  const gains = adopted.some(({ tags }) => tags.includes('drift_gained'));
  return [
    "- **Merged**, the policies say what is so already. It changes nobody's access in the account.",
    ...(gains
      ? [
          '- **Who comes to hold more** by the policies is a guest: in a team file made for this, with an end. Who is to stay belongs into a team of yours.',
        ]
      : []),
    '- **Not merged**, it stays a difference that nobody approved: the drift run reports it, or takes it back where the rules of the account say so.',
  ];
}
