import type { Finding } from '../model.ts';
import type { CheckContext } from './check-policies.ts';
import { finding } from './findings.ts';
import { type Entry, type Policies, placeOf, placeText } from './policies.ts';

/** A person stands once in people/, in whatever case. */
export function* checkEmailsTwice(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const person of policies.people) {
    const first = context.people.get(person.email);
    if (first !== undefined && first !== person) {
      yield finding('email-twice', placeOf(person, 'email'), person.email, placeText(placeOf(first, 'email')));
    }
  }
}

/** A previous address is nobody's address, nobody else's previous one, and no account's owner. */
export function* checkPreviously(policies: Policies, context: CheckContext): Iterable<Finding> {
  const used = new Map<string, () => string>();
  const use = (address: string, entry: Entry, key?: string) => {
    if (!used.has(address)) used.set(address, () => placeText(placeOf(entry, key)));
  };
  for (const person of context.people.values()) use(person.email, person, 'email');
  for (const account of policies.accounts) use(account.policy.owner, account, 'owner');
  for (const person of policies.people) {
    for (const address of person.previously) {
      const other = used.get(address.email);
      if (other !== undefined) yield finding('previously-in-use', placeOf(address), address.email, other());
      else use(address.email, address);
    }
  }
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
