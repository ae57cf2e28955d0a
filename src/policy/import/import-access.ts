import { groupBy } from '../../group-by.ts';
import type { Holding } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import type { DraftContext } from '../edit/draft.ts';
import { editFiles } from '../edit/edit-files.ts';
import { lowerAccess } from '../edit/lower-access.ts';
import { loadTexts, openContext, whyInvalid } from '../edit/open-context.ts';
import { type PolicyTexts, pathInside } from '../edit/read-policy-texts.ts';
import { type Entry, type Policies, placeOf } from '../policies.ts';
import { draftImport } from './draft-import.ts';
import { type Gathered, gatherPeople, type Sighting } from './gather-people.ts';
import type { Decision, Imported, ImportedFile, ImportFault, ImportInput } from './imported.ts';

/**
 * Writes what is live into the policies, so that the plan right after is empty, and leaves every byte alone that says it already. Where
 * policy says something else of a person who is there, live wins; whom policy grants and nobody sees is left to the plan. Not so with
 * access that should have ended: its end stands.
 */
export async function importAccess(input: ImportInput): Promise<Imported | ImportFault> {
  const before = await openContext(input);
  if (before === null) return { kind: 'fault', why: 'the policies are invalid' };
  const gathered = gatherPeople(input.accounts, before);
  const lowered = await lowerToLive(gathered, input, before);
  const texts = new Map([...input.texts, ...lowered.files]);
  const context = lowered.files.size === 0 ? before : await openContext({ ...input, texts });
  if (context === null) return { kind: 'fault', why: whyInvalid(await loadTexts(input, texts)) ?? '' };

  // A file that cannot be edited by itself stays as it is, and what would go there goes into files of its own.
  const closed = new Set<string>();
  for (;;) {
    const { draft, people, decisions } = draftImport({ gathered, texts, closed }, context);
    const result = await editFiles(draft, texts);
    if (result.kind === 'stuck') {
      if (closed.has(result.path)) return { kind: 'fault', why: result.why };
      closed.add(result.path);
      continue;
    }
    const files = new Map([...lowered.files, ...result.files]);
    const { policies, desired, findings, files: count } = await loadTexts(input, new Map([...input.texts, ...files]));
    if (policies === null || desired === null)
      return { kind: 'fault', why: whyInvalid({ policies, desired, findings, files: count }) ?? '' };
    return {
      kind: 'imported',
      files,
      edited: describeFiles(files, policies, input),
      desired,
      findings,
      people,
      leftOut: gathered.leftOut,
      decisions: [...gathered.decisions, ...lowered.decisions, ...decisions],
    };
  }
}

function describeFiles(files: PolicyTexts, policies: Policies, { texts, folder }: ImportInput): ImportedFile[] {
  const pathOf = (entry: Entry) => pathInside(placeOf(entry).file, folder);
  const teams = new Map(policies.teams.map((team) => [pathOf(team), team]));
  const people = groupBy(policies.people, pathOf);
  return [...files.keys()].toSorted(compareText).map((path) => {
    const team = teams.get(path);
    const grants = (team?.grants ?? []).map(({ account, role, group }) => ({ account, role, group }));
    return { path, isNew: !texts.has(path), people: people.get(path)?.length ?? null, members: team?.members.length ?? null, grants };
  });
}

interface Lowered {
  readonly files: PolicyTexts;
  readonly decisions: readonly Decision[];
}

/** Takes out of policy what people who are there do not hold; what a file is written too oddly for is said instead. */
async function lowerToLive({ people }: Gathered, { texts }: ImportInput, context: DraftContext): Promise<Lowered> {
  let goals = people.flatMap(({ sightings }) => sightings.filter((one) => holdsLess(one, context)).map(toGoal));
  const decisions: Decision[] = [];
  while (goals.length > 0) {
    const result = await editFiles(lowerAccess(goals, context), texts);
    if (result.kind === 'edited') return { files: result.files, decisions };
    for (const { principal, policy } of goals.filter((goal) => result.causes.has(goal.principal)))
      decisions.push({ principal, account: policy.name, says: `holds less than policy says, and ${visible(result.why, 300)}` });
    goals = goals.filter((goal) => !result.causes.has(goal.principal));
  }
  return { files: new Map(), decisions };
}

function holdsLess({ live, policy }: Sighting, { desired }: DraftContext): boolean {
  const holding = desired.accounts.get(policy.name)?.principals.get(live.principal)?.holding;
  if (holding === undefined) return false;
  return holding.roles.some((role) => !live.roles.includes(role)) || holding.groups.some((group) => !live.groups.includes(group));
}

function toGoal({ live, policy, capabilities }: Sighting) {
  const target: Holding = { roles: live.roles, groups: live.groups };
  return { principal: live.principal, policy, capabilities, target };
}
