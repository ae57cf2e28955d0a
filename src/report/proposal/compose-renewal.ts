import type { Day, Place } from '../../model.ts';
import { placeKey } from '../../place-key.ts';
import { visible } from '../../text/encode.ts';
import { codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { encodeProse } from '../comment/encode-prose.ts';
import { linkPlace } from '../comment/link-place.ts';
import { countWords } from '../count-words.ts';
import { describeHolding } from '../describe-change.ts';
import type { Section } from '../issue/fit-sections.ts';
import { nameAccount } from '../name-account.ts';
import { composeProposal, type ProposalFrame, type ProposalText, sayPlain } from './compose-proposal.ts';

export interface RenewalInput extends ProposalFrame {
  /** `https://github.com/acme/access`, for links. */
  readonly url: string;
  /** The commit in which the ends stand where they are said to; null: nothing is linked. */
  readonly commit: string | null;
  /** The later days that are proposed, and the ends that stay as they are. */
  readonly renewal: {
    readonly renewed: readonly { readonly place: Place; readonly from: Day; readonly until: Day }[];
    readonly refused: readonly { readonly place: Place; readonly why: string }[];
  };
  /** Whose access it was made for. */
  readonly ends: readonly RenewedEnd[];
}

/** What one principal holds by one grant until a day. */
export interface RenewedEnd {
  readonly account: string;
  readonly principal: string;
  readonly roles: readonly string[];
  readonly until: Day;
  /** Every `until` that has to move for it to go on. */
  readonly places: readonly Place[];
  /** Another grant holds the access beyond this end. */
  readonly heldOtherwise: boolean;
}

interface Going extends RenewedEnd {
  readonly later: Day;
}

/** The words of the pull request that lets access go on. */
export function composeRenewal(input: RenewalInput): ProposalText {
  const days = new Map(input.renewal.renewed.map(({ place, until }) => [placeKey(place), until]));
  const going = input.ends.flatMap((end): Going[] => {
    const later = laterOf(end, days);
    return later === null ? [] : [{ ...end, later }];
  });
  const staying = input.ends.filter((end) => laterOf(end, days) === null);
  const people = countWords(new Set(going.map(({ principal }) => principal)).size, 'person', 'people');
  const from = onlyOne(going.map(({ until }) => until));
  const day = from === null ? 'soon' : `on ${showDay(from)}`;
  return composeProposal(input, {
    titles: titlesOf(going, people),
    message: `rollcall proposes that access of ${people} goes on for longer. Nobody's access changes today.`,
    opening: [
      [`### Access of ${people} ends ${day}, and can go on`],
      [
        "rollcall proposes this once, because the end is near. It makes nobody's access different today, and privilege is never renewed this way.",
      ],
    ],
    sections: [goingSection(going, input), stayingSection(staying, input)],
    closing: [['#### What becomes of it', '', ...choiceLines(from)]],
  });
}

/** Access goes on when every end of it moves, and then until the earliest of the new days. */
function laterOf({ places }: RenewedEnd, days: ReadonlyMap<string, Day>): Day | null {
  const found = places.map((place) => days.get(placeKey(place)) ?? null);
  return found.includes(null) ? null : (found.toSorted()[0] ?? null);
}

function titlesOf(going: readonly Going[], people: string): string[] {
  const who = onlyOne(going.map(({ principal }) => principal)) ?? '';
  const later = onlyOne(going.map((end) => end.later)) ?? '';
  const file = onlyOne(going.flatMap(({ places }) => places.map((place) => place.file))) ?? '';
  const role = going.length === 1 ? (going[0]?.roles.join('/') ?? '') : '';
  const account = going[0]?.account ?? '';
  return [
    ...sayPlain(`Renew ${role} in ${account} for ${who} until ${later}`, [role, account, who, later]),
    ...sayPlain(`Renew access of ${who} until ${later}`, [who, later]),
    ...sayPlain(`Renew access of ${people} until ${later} (${file})`, [later, file]),
    ...sayPlain(`Renew access of ${people} until ${later}`, [later]),
    `Renew access of ${people}`,
  ];
}

function goingSection(going: readonly Going[], { url, commit }: RenewalInput): Section {
  return {
    title: '#### Who goes on with what',
    head: ['| Who | Holds | Account | Last day now | Last day if merged | Where it stands |', '|---|---|---|---|---|---|'],
    rows: going.map((end) => {
      const cells = [
        codeSpan(encodePrincipal(end.principal)),
        codeSpan(describeHolding({ roles: end.roles, groups: [] })),
        codeSpan(nameAccount(end.account)),
        `${showDay(end.until)}${end.heldOtherwise ? ', and another grant holds it beyond' : ''}`,
        `**${showDay(end.later)}**`,
        end.places.map((place) => linkPlace(place, url, commit)).join(' and '),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    called: ['grant', 'grants'],
  };
}

/** So that nobody takes this for the whole. */
function stayingSection(staying: readonly RenewedEnd[], { renewal }: RenewalInput): Section {
  const reasons = new Map(renewal.refused.map(({ place, why }) => [placeKey(place), why]));
  return {
    title: '#### What ends all the same',
    head: [],
    rows: staying.map((end) => {
      const why = end.places.map((place) => reasons.get(placeKey(place))).find((one) => one !== undefined) ?? unmoved(end);
      const what = `${codeSpan(encodePrincipal(end.principal))} (${codeSpan(describeHolding({ roles: end.roles, groups: [] }))} in ${codeSpan(nameAccount(end.account))})`;
      return `- ${what}: ${encodeProse(why)}`;
    }),
    called: ['grant', 'grants'],
  };
}

function unmoved({ heldOtherwise }: RenewedEnd): string {
  return heldOtherwise ? 'another grant holds the access beyond' : 'its end was left as it is';
}

function choiceLines(from: Day | null): string[] {
  const day = from === null ? 'the last day' : showDay(from);
  return [
    '- **Merged**, the access goes on until the new day. An earlier end elsewhere in the policies still holds.',
    `- **Not merged**, the access goes when ${day} is over. Then close this and do not merge it: it would give back what has ended.`,
    '- **For another day**, open a pull request of your own from this branch. Here an approval counts for the commit of rollcall alone.',
  ];
}

/** A day needs no code span, and what is none gets one. */
function showDay(day: Day): string {
  return DAY.test(day) ? day : codeSpan(visible(day));
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function onlyOne(texts: readonly string[]): string | null {
  const [first = null, ...others] = new Set(texts);
  return others.length === 0 ? first : null;
}
