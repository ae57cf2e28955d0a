import type { Finding, Place } from '../model.ts';
import type { CheckContext } from './check-policies.ts';
import { finding } from './findings.ts';
import { type AddressEntry, type Entry, type Policies, placeOf, placeText } from './policies.ts';

/** A person stands once in people/, in whatever case. */
export function* checkEmailsTwice(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const person of policies.people) {
    const first = context.people.get(person.email);
    if (first !== undefined && first !== person) {
      yield finding('email-twice', placeOf(person, 'email'), person.email, placeText(placeOf(first, 'email')));
    }
  }
}

/** A GitHub login is one person's, since case tells no two of them apart. */
export function* checkLoginsTwice(policies: Policies): Iterable<Finding> {
  const seen = new Map<string, Entry>();
  for (const person of policies.people) {
    if (person.github === null) continue;
    const login = person.github.toLowerCase();
    const first = seen.get(login);
    if (first === undefined) seen.set(login, person);
    else yield finding('github-twice', placeOf(person, 'github'), person.github, placeText(placeOf(first, 'github')));
  }
}

/** A previous address is nobody's address, nobody else's previous one, and no account's owner. */
export function* checkPreviously(policies: Policies, context: CheckContext): Iterable<Finding> {
  const renamed = policies.people.filter((person) => person.previously.length > 0);
  if (renamed.length === 0) return;
  const owners = new Map(policies.accounts.map((account) => [account.policy.owner, account]));
  const before = new Map<string, Entry>();
  for (const address of renamed.flatMap((person) => person.previously)) {
    const owner = owners.get(address.email);
    const person = context.people.get(address.email);
    const earlier = before.get(address.email);
    if (person !== undefined) yield inUse(address, placeOf(person, 'email'));
    else if (owner !== undefined) yield inUse(address, placeOf(owner, 'owner'));
    else if (earlier !== undefined) yield inUse(address, placeOf(earlier));
    else before.set(address.email, address);
  }
}

function inUse(address: AddressEntry, by: Place): Finding {
  return finding('previously-in-use', placeOf(address), address.email, placeText(by));
}

/** Every member of a team is a person of people/, and stands there once. */
export function* checkMembers(policies: Policies, context: CheckContext): Iterable<Finding> {
  const now = new Map<string, string>();
  for (const person of policies.people) for (const address of person.previously) now.set(address.email, person.email);
  for (const team of policies.teams) {
    const seen = new Map<string, Entry>();
    for (const member of team.members) {
      const place = placeOf(member, 'email');
      const first = seen.get(member.email);
      if (first !== undefined) yield finding('member-twice', place, member.email, placeText(placeOf(first, 'email')));
      else seen.set(member.email, member);
      if (context.people.has(member.email) || policies.refused.has('people')) continue;
      const newer = now.get(member.email);
      const near = newer === undefined ? context.near(member.email, context.people.keys()) : ` The address is now ${newer}.`;
      yield finding('person-unknown', place, member.email, near);
    }
  }
}
