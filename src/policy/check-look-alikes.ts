import type { Finding } from '../model.ts';
import type { CheckContext } from './check-policies.ts';
import { finding } from './findings.ts';
import { type PersonEntry, type Policies, placeOf, placeText } from './policies.ts';

/** Two names or addresses that differ and look the same. Two people of the very same name are no finding. */
export function* checkLookAlikes(_policies: Policies, context: CheckContext): Iterable<Finding> {
  const people = [...context.people.values()];
  // A capital I is an i to whoever compares, and an l to whoever reads.
  yield* alike(people, 'email', 'address', ({ spelled }) => context.skeleton(spelled.replaceAll('I', 'l')));
  yield* alike(people, 'name', 'name', ({ name }) => context.skeleton(name));
}

function* alike(
  people: readonly PersonEntry[],
  key: 'email' | 'name',
  what: string,
  skeletonOf: (person: PersonEntry) => string,
): Iterable<Finding> {
  const seen = new Map<string, PersonEntry>();
  for (const person of people) {
    const skeleton = skeletonOf(person);
    const first = seen.get(skeleton);
    if (first === undefined) seen.set(skeleton, person);
    else if (first[key] !== person[key]) yield finding('look-alike', placeOf(person, key), what, placeText(placeOf(first, key)));
  }
}
