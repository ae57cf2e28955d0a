import type { DesiredAccount, DesiredState } from '../../model.ts';
import { diffSettings } from '../../plan/diff-settings.ts';
import { accessKey } from '../../plan/merge-desired.ts';
import { countWords, listSome } from '../../report/count-words.ts';
import { visible } from '../../text/encode.ts';
import { encodePrincipal } from '../../text/encode-sentence.ts';
import type { Note } from '../../watch.ts';

const MOST_NAMED = 5;

/** What policy says by now and people did not agree to, account by account; `isJudged`: a run of apply has looked at it already. */
export function describeUnapproved(
  desired: DesiredState,
  accepted: (account: string) => DesiredAccount | null,
  isJudged: (account: string) => boolean,
): Note[] {
  return [...desired.accounts].flatMap(([account, now]): Note[] => {
    const held = accepted(account);
    if (held === null) return [];
    const texts = [settingsText(account, now, held, desired), peopleText(now, held)];
    return texts.flatMap((text) => (text === null ? [] : [{ account, text, isPressing: isJudged(account) }]));
  });
}

function settingsText(account: string, now: DesiredAccount, held: DesiredAccount, desired: DesiredState): string | null {
  const only = (one: DesiredAccount): DesiredState => ({ ...desired, accounts: new Map([[account, one]]) });
  const settings = diffSettings({ head: only(now), mergeBase: only(held), baseTip: only(held) });
  if (settings.length === 0) return null;
  const names = settings.map(({ setting }) => visible(setting)).join(', ');
  return `Nobody approved these settings, so the drift run goes by those before them: ${names}. They count once a pull request that changes them is approved.`;
}

function peopleText(now: DesiredAccount, held: DesiredAccount): string | null {
  const everybody = [...new Set([...now.principals.keys(), ...held.principals.keys()])].toSorted();
  const waiting = everybody.filter((who) => accessKey(now.principals.get(who)) !== accessKey(held.principals.get(who)));
  if (waiting.length === 0) return null;
  const names = listSome(waiting.map(encodePrincipal), MOST_NAMED);
  return `Policy gives ${countWords(waiting.length, 'person', 'people')} something else, or until another day, than was approved: ${names}. Nobody was given more for it, and where only an end was moved later, the access goes on meanwhile. The apply workflow settles it, or a pull request that people approve.`;
}
