import { groupBy } from '../../group-by.ts';
import type { Change } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import type { DriftEntry } from '../../watch.ts';
import { type Policies, placeOf } from '../policies.ts';
import { checkAdoption } from './check-adoption.ts';
import type { Draft, DraftContext, FileEdit, Goal } from './draft.ts';
import { type EditedFile, editFiles } from './edit-files.ts';
import { lowerAccess } from './lower-access.ts';
import { type EditInput, loadTexts, openContext } from './open-context.ts';
import { raiseAccess } from './raise-access.ts';
import { pathInside } from './read-policy-texts.ts';
import { setGoal } from './set-goal.ts';

export interface AdoptInput extends EditInput {
  /** As a plan has it: `before` is live, `after` is what policy says. */
  readonly drift: readonly Pick<DriftEntry, 'change' | 'likely'>[];
}

export interface Adoption {
  /** The files that are another or new, whole, by path inside the folder. */
  readonly files: ReadonlyMap<string, string>;
  /** The lines of them that are another, for people. */
  readonly edited: readonly EditedFile[];
  readonly adopted: readonly Change[];
  readonly refused: readonly Refusal[];
}

export interface Refusal {
  readonly change: Change;
  /** A clause, such as `policy says something else by now`. */
  readonly why: string;
}

/**
 * Writes drift into the policies as the smallest edit, so that what policy gives is what is live: people deleted or lowered in the
 * account hold less, strangers without privilege become guests with an end. Privilege that was gained is refused, always. Nobody else's
 * access changes, on no day, and no byte that is not about these people. The policies are valid afterwards, or nothing is edited.
 */
export async function adoptDrift(input: AdoptInput): Promise<Adoption> {
  const context = await openContext(input);
  if (context === null) return nothing(input.drift.map(({ change }) => refusal(change, 'the policies are invalid')));
  const refused: Refusal[] = [];
  let goals: Goal[] = [];
  for (const { change, likely } of input.drift) {
    const judged = setGoal(change, likely, context);
    if (judged.kind === 'refused') refused.push(refusal(change, judged.why));
    else if (goals.some((goal) => contradicts(goal, judged.goal)))
      refused.push(refusal(change, 'another difference asks for something else'));
    else goals.push(judged.goal);
  }
  while (goals.length > 0) {
    const result = await editFiles(draftEdits(goals, context), input.texts);
    if (result.kind === 'edited') {
      const after = await loadTexts(input, new Map([...input.texts, ...result.files]));
      const why = checkAdoption(goals, context, after);
      if (why === null) return { ...result, adopted: goals.map((goal) => goal.change), refused };
      return nothing([...refused, ...goals.map((goal) => refusal(goal.change, why))]);
    }
    // What one file cannot take is no reason to leave out the others.
    const stopped = goals.filter((goal) => result.causes.has(goal.principal));
    refused.push(...stopped.map((goal) => refusal(goal.change, result.why)));
    goals = goals.filter((goal) => !stopped.includes(goal));
  }
  return nothing(refused);
}

function nothing(refused: readonly Refusal[]): Adoption {
  return { files: new Map(), edited: [], adopted: [], refused };
}

function refusal(change: Change, why: string): Refusal {
  return { change, why };
}

/** The same access twice, or two names for one person. */
function contradicts(a: Goal, b: Goal): boolean {
  if (a.principal !== b.principal) return false;
  return a.policy.name === b.policy.name || (a.name !== null && b.name !== null && a.name !== b.name);
}

function draftEdits(goals: readonly Goal[], context: DraftContext): Draft {
  const lowered = lowerAccess(goals, context);
  const raised = raiseAccess(goals, context);
  return {
    edits: [...lowered.edits, ...renamePeople(goals, context)],
    teams: [...lowered.teams, ...raised.teams].toSorted((a, b) => compareText(a.stem, b.stem)),
    people: raised.people,
  };
}

function renamePeople(goals: readonly Goal[], { policies, folder }: DraftContext): FileEdit[] {
  const names = new Map(goals.flatMap((goal) => (goal.name === null ? [] : [[goal.principal, goal.name]])));
  if (names.size === 0) return [];
  return [...peopleByPath(policies, folder)].flatMap(([path, people]) =>
    people.flatMap(({ email }, index): FileEdit[] => {
      const text = names.get(email);
      return text === undefined ? [] : [{ path, edit: { kind: 'set', at: [index, 'name'], text }, causes: [email] }];
    }),
  );
}

function peopleByPath({ people }: Policies, folder: string): Map<string, Policies['people'][number][]> {
  return groupBy(people, (person) => pathInside(placeOf(person).file, folder));
}
