import { groupBy } from '../../group-by.ts';
import type { Word } from './imported.ts';

const MOST_CHARACTERS = 56;
/** People of a role, where the word for the role is none for people. */
const PLURALS: Readonly<Record<string, string>> = {
  admin: 'admins',
  member: 'members',
  administrator: 'administrators',
  developer: 'developers',
  billing_manager: 'billing-managers',
};

/**
 * What a person would call a team by what it grants: `admins` where policy knows one account, `telnyx-production-admins` where it knows
 * several, `telnyx-production-and-twilio-main-developers`. The same grants have the same name.
 */
export function nameTeam(words: readonly Word[], isOnlyAccount: boolean): string {
  const byWord = [...groupBy(words, ({ role, group }) => nounOf(role ?? group ?? '', group !== null))];
  const parts = isOnlyAccount
    ? byWord.map(([noun]) => noun)
    : byWord.map(([noun, same]) => `${[...new Set(same.map(({ account }) => account))].join('-and-')}-${noun}`);
  const whole = parts.join('-and-');
  if (whole.length <= MOST_CHARACTERS) return whole;
  const [first] = words;
  const short = `${isOnlyAccount ? '' : `${first?.account ?? ''}-`}${nounOf(first?.role ?? first?.group ?? '', first?.group !== null)}`;
  const rest = '-and-more';
  return words.length === 1 ? cut(short, MOST_CHARACTERS) : cut(short, MOST_CHARACTERS - rest.length) + rest;
}

function cut(name: string, most: number): string {
  return name.slice(0, most).replace(/^(.*[^-])?-+$/, '$1');
}

function nounOf(word: string, isGroup: boolean): string {
  const slug = word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const noun = PLURALS[word] ?? slug;
  return noun === '' ? (isGroup ? 'group' : 'role') : noun;
}
