import { groupBy } from '../../group-by.ts';
import { compareText } from '../../text/digest.ts';
import type { Draft, FileEdit } from './draft.ts';
import { editYaml } from './edit-yaml.ts';
import type { PolicyTexts } from './read-policy-texts.ts';
import { type EditedLines, splitLines } from './splice-text.ts';
import { writePeople, writeTeam } from './write-files.ts';

export interface EditedFile {
  /** Inside the folder of policies. */
  readonly path: string;
  readonly isNew: boolean;
  readonly lines: readonly EditedLines[];
}

export type EditResult =
  | { readonly kind: 'edited'; readonly files: PolicyTexts; readonly edited: readonly EditedFile[] }
  | { readonly kind: 'stuck'; readonly path: string; readonly causes: ReadonlySet<string>; readonly why: string };

/** A file's name has at most so many characters before its ending. */
const MAX_STEM = 64;

/** Makes the edits of a draft and names its new files. */
export async function editFiles(draft: Pick<Draft, 'edits'> & Partial<Draft>, texts: PolicyTexts): Promise<EditResult> {
  const files = new Map<string, string>();
  const edited: EditedFile[] = [];
  for (const [path, edits] of [...groupBy(draft.edits, (edit) => edit.path)].toSorted(([a], [b]) => compareText(a, b))) {
    const result = await editYaml(
      texts.get(path) ?? '',
      edits.map(({ edit }) => edit),
    );
    if (result === null) return stuck(path, edits);
    files.set(path, result.text);
    edited.push({ path, isNew: false, lines: result.lines });
  }
  const taken = new Set(texts.keys());
  for (const [folder, fresh] of newFiles(draft)) {
    for (const { stem, text } of fresh) {
      const path = freePath(folder, stem, taken);
      taken.add(path);
      files.set(path, text);
      edited.push({ path, isNew: true, lines: [{ line: 1, before: [], after: splitLines(text) }] });
    }
  }
  return { kind: 'edited', files, edited };
}

function newFiles({ people = [], teams = [] }: Partial<Draft>): [folder: string, { stem: string; text: string }[]][] {
  return [
    ['people', people.map((file) => ({ stem: file.stem, text: writePeople(file) }))],
    ['teams', teams.map((file) => ({ stem: file.stem, text: writeTeam(file) }))],
  ];
}

function stuck(path: string, edits: readonly FileEdit[]): EditResult {
  const causes = new Set(edits.flatMap((edit) => edit.causes));
  return { kind: 'stuck', path, causes, why: `${path} is written in a way that cannot be edited by itself; edit it by hand` };
}

/** Names are stems, whatever the ending. */
function freePath(folder: string, stem: string, taken: ReadonlySet<string>): string {
  const isTaken = (name: string) => taken.has(`${folder}/${name}.yaml`) || taken.has(`${folder}/${name}.yml`);
  let name = stem.slice(0, MAX_STEM);
  for (let count = 2; isTaken(name); count += 1) {
    const ending = `-${count}`;
    name = stem.slice(0, MAX_STEM - ending.length) + ending;
  }
  return `${folder}/${name}.yaml`;
}
