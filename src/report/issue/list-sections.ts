import type { Instant, Offboarding, Place } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan, encodePath, encodePrincipal } from '../../text/encode-sentence.ts';
import type { AccountWatch, DriftEntry, EndedGrant, EndingGrant, GrantEnd, OwedEntry } from '../../watch.ts';
import { describeAge } from '../comment/describe-age.ts';
import { encodeProse } from '../comment/encode-prose.ts';
import { linkPlace, linkTo } from '../comment/link-place.ts';
import { LIGHTS } from '../comment/render-rows.ts';
import { countWords } from '../count-words.ts';
import { describeChange, describeHolding, describeTransition } from '../describe-change.ts';
import { describeGuard } from '../describe-guard.ts';
import { describeOffboarding, listKeys, needsSomebody } from '../describe-keys.ts';
import { describeLikely } from '../describe-likely.ts';
import { describeReason, marksOf } from '../describe-reason.ts';
import { formatInstant } from '../format-instant.ts';
import { countLapsed, describeDriftOutcome } from './collect-set.ts';
import { describeEntry } from './describe-news.ts';
import type { Section } from './fit-sections.ts';
import type { Carried } from './resume-set.ts';
import { sortDrift } from './sort-drift.ts';

const DAY_MS = 86_400_000;
const MOST_KEYS = 10;

/** All that an issue lists, most pressing first. */
export function listSections(watch: AccountWatch, carried: Carried): Section[] {
  return [carriedOf(carried), driftOf(watch), owedOf(watch), byHandOf(watch), ...listsOf(watch)];
}

function carriedOf({ entries, unnamed }: Carried): Section {
  return {
    title: '#### As of the last complete read',
    head: ['Only another complete read can tell whether this still stands.', ''],
    rows: entries.map((entry) => `- ${describeEntry(entry)}`),
    unnamed,
    called: ['entry', 'entries'],
  };
}

function driftOf({ drift, at }: AccountWatch): Section {
  return {
    title: '#### What nobody approved',
    head: ['| | Who | What | Now → by policy | Since | By whom | What was done |', '|---|---|---|---|---|---|---|'],
    rows: sortDrift(drift).map((entry) => driftRow(entry, at)),
    called: ['difference', 'differences'],
  };
}

function driftRow({ change, since, outcome, answer, likely }: DriftEntry, at: Instant): string {
  const marks = marksOf(change, at).map(({ text, alarm }) => (alarm ? `**${text}**` : text));
  const done = [`**${describeDriftOutcome(outcome)}**`, encodeProse(answer)].filter((part) => part !== '');
  const cells = [
    LIGHTS[change.risk],
    codeSpan(encodePrincipal(change.principal)),
    [describeReason(change), ...marks].join(' · '),
    codeSentence(describeTransition(change)),
    sinceWords(since, at),
    describeLikely(likely),
    done.join(' · '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function owedOf({ owed, at }: AccountWatch): Section {
  return {
    title: '#### Approved and not yet true',
    head: ['| Whose turn | Change | Since | Not before | |', '|---|---|---|---|---|'],
    rows: owed.toSorted((a, b) => TURNS.indexOf(a.turn) - TURNS.indexOf(b.turn)).map((entry) => owedRow(entry, at)),
    called: ['owed change', 'owed changes'],
  };
}

const TURNS = ['somebody', 'person', 'rollcall'] as const satisfies readonly OwedEntry['turn'][];
const TURN_WORDS = {
  somebody: 'somebody, by hand',
  person: 'the invited person',
  rollcall: 'rollcall, by itself',
} satisfies Record<OwedEntry['turn'], string>;

function owedRow({ change, since, notBefore, turn, message }: OwedEntry, at: Instant): string {
  const cells = [
    TURN_WORDS[turn],
    codeSentence(describeChange({ ...change, executor: 'api' })),
    sinceWords(since, at),
    notBefore === null ? '' : formatInstant(notBefore),
    message === '' ? '' : codeSentence(message),
  ];
  return `| ${cells.join(' | ')} |`;
}

function byHandOf({ owed, drift }: AccountWatch): Section {
  const handed = [...drift.filter(({ outcome }) => outcome === 'manual'), ...owed.filter(({ turn }) => turn === 'somebody')];
  const tasks = handed.filter(({ change }) => change.steps.length > 0);
  const rows = tasks.map(({ change }) => {
    const steps = change.steps.map((step, at) => `  ${at + 1}. ${encodeProse(step)}`);
    return [`- ${codeSentence(describeChange({ ...change, executor: 'api' }))}`, ...steps].join('\n');
  });
  return { title: '#### To do by hand', head: [], rows, called: ['task', 'tasks'] };
}

function listsOf(watch: AccountWatch): Section[] {
  const { parked, ended, ending, keysLeftBehind, offboarding, guards, notes, left } = watch;
  const list = (title: string, called: Section['called'], rows: readonly string[], head: readonly string[] = []): Section => ({
    title: `#### ${title}`,
    head,
    rows: rows.map((row) => `- ${row}`),
    called,
  });
  return [
    list('To know', ['note', 'notes'], notes.map(encodeProse)),
    list(
      'Parked',
      ['parked person', 'parked people'],
      parked.map(({ principal, failures, until, message }) => {
        const words = `failed ${countWords(failures, 'time')}, tried again from ${formatInstant(until)}`;
        return `${codeSpan(encodePrincipal(principal))} ${words}: ${codeSentence(message)}`;
      }),
    ),
    list(
      'Invitations that lapsed',
      ['person', 'people'],
      countLapsed(watch).map(
        ({ principal, times }) => `${codeSpan(encodePrincipal(principal))}: ${countWords(times, 'invitation')} nobody accepted`,
      ),
    ),
    list(
      'Ended',
      ['grant', 'grants'],
      ended.toSorted(byPressure).map((end) => grantLine(end, endedWords(end, watch), watch)),
    ),
    list(
      'Ending soon',
      ['grant', 'grants'],
      ending.toSorted(byPressure).map((end) => `${grantLine(end, endingWords(end, watch), watch)}${renewalWords(end, watch)}`),
      [ENDING_HEAD, ''],
    ),
    list(
      'Offboarding incomplete',
      ['person', 'people'],
      offboarding.filter(needsSomebody).map((one) => offboardingRow(one, watch)),
    ),
    list('Keys left behind', ['step', 'steps'], keysLeftBehind.map(encodeProse)),
    list(
      'Guards at their limit',
      ['guard', 'guards'],
      guards
        .filter(({ verdict }) => verdict === 'pass')
        .map((guard) => {
          const { name, numbers } = describeGuard(guard);
          return [name, numbers, encodeProse(guard.message)].filter((part) => part !== '').join(': ');
        }),
    ),
    list('What this run left', ['line', 'lines'], left.map(encodeProse)),
  ];
}

/** Nobody may forget it: it stands here until a read or a roster shows each key gone. */
function offboardingRow(one: Offboarding, { account, at }: AccountWatch): string {
  const why = describeOffboarding(account, one).replace(/^offboarding incomplete: /, '');
  const who = `${codeSpan(encodePrincipal(one.principal))}, who lost the access ${sinceWords(one.since, at)}: ${encodeProse(why)}`;
  return [who, ...listKeys(one.keys ?? [], MOST_KEYS).map((key) => `  - ${codeSentence(key)}`)].join('\n');
}

function grantLine({ principal, roles, source }: GrantEnd, words: string, { url }: AccountWatch): string {
  return `${codeSpan(encodePrincipal(principal))} (${codeSpan(describeHolding({ roles, groups: [] }))}): ${words}, ${linkNewest(source, url)}`;
}

/** By which somebody loses access comes first, and of those the earliest; what is said last is cut first. */
function byPressure(a: EndedGrant | EndingGrant, b: EndedGrant | EndingGrant): number {
  const rank = (end: EndedGrant | EndingGrant) => (end.heldOtherwise ? 2 : 'isGone' in end && end.isGone ? 1 : 0);
  return rank(a) - rank(b) || compareText(a.until, b.until);
}

const ENDING_HEAD = 'The access goes once that day is over in UTC, unless another grant holds it or a pull request writes a later `until`.';
const UNAPPROVED = 'because nobody approved this end (that takes a pull request)';
const HELD = 'and another grant holds the access beyond that';

function endedWords({ until, isGone, isApproved, heldOtherwise }: EndedGrant, { unread }: AccountWatch): string {
  const still = `${unread === null ? '**its access is still there**' : '**its access was still there when last read**'}${isApproved ? '' : ` ${UNAPPROVED}`}`;
  const gone = unread === null ? 'its access is gone' : 'its access is gone as far as is known';
  return `ended on ${visible(until)}, ${heldOtherwise ? HELD : isGone ? gone : still}`;
}

function endingWords({ until, heldOtherwise }: EndingGrant, { at }: AccountWatch): string {
  return `${endWords(until, at)}${heldOtherwise ? `, ${HELD}` : ''}`;
}

/** Only a pull request of this repository is linked to. */
function renewalWords({ renewal }: EndingGrant, { url }: AccountWatch): string {
  if (renewal === null) return '';
  const number = renewal.startsWith(`${url}/pull/`) ? /^[1-9]\d{0,9}$/.exec(renewal.slice(url.length + 6))?.[0] : undefined;
  return `, renewal proposed: ${number === undefined ? codeSentence(renewal) : linkTo(`#${number}`, renewal)}`;
}

/** To the line as it is on the default branch: the body is made anew from there by every run. */
function linkNewest(place: Place, url: string): string {
  const text = linkPlace(place, url, null);
  // Where a path was made visible because it is odd, no file of that name exists to link to.
  if (encodePath(place.file).includes('\\u{')) return text;
  return linkTo(text, `${url}/blob/HEAD/${place.file.split('/').map(encodeURIComponent).join('/')}#L${place.line}`);
}

function endWords(until: string, at: Instant): string {
  const days = Math.round((Date.parse(`${until}T00:00:00.000Z`) - Date.parse(`${at.slice(0, 10)}T00:00:00.000Z`)) / DAY_MS);
  const day = visible(until);
  if (!Number.isFinite(days)) return day;
  return days === 0 ? `ends today, on ${day}` : `ends on ${day}, in ${countWords(days, 'day')}`;
}

function sinceWords(since: Instant, at: Instant): string {
  return `${formatInstant(since)}, ${describeAge(since, at)}`;
}
