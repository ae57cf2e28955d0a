import { RollcallError } from '../errors.ts';
import { type Advice, composeAdvice } from '../setup/compose-advice.ts';
import { type Blueprint, composeRepository } from '../setup/compose-repository.ts';
import { WORKFLOWS } from '../setup/repository-facts.ts';
import { visible } from '../text/encode.ts';
import { readKept } from './init-known.ts';
import type { Run } from './run-context.ts';

/** A file that was there and stays as it is. */
export interface Kept {
  readonly file: string;
  readonly isSame: boolean;
  /** What of it matters and is missing. */
  readonly advice: Advice | null;
}

export interface Written {
  readonly made: readonly string[];
  readonly kept: readonly Kept[];
}

/** Every file that is not there yet, whole; what is there stays, whatever it is. Nothing is written where a link leads out of the folder. */
export async function writeRepository(run: Run, folder: string, blueprint: Blueprint): Promise<Written> {
  const files = composeRepository(blueprint);
  await refuseDetours(run, folder, [...files.keys()]);
  const made: string[] = [];
  const kept: Kept[] = [];
  for (const [file, text] of files) {
    if ((await run.world.files.create(`${folder}/${file}`, text)) === 'made') made.push(file);
    else kept.push(await compare(run, folder, file, text, blueprint));
  }
  for (const { file } of WORKFLOWS) if (!files.has(file)) kept.push(await compare(run, folder, file, '', blueprint));
  return { made, kept };
}

async function compare(run: Run, folder: string, file: string, text: string, blueprint: Blueprint): Promise<Kept> {
  const before = ((await readKept(run, `${folder}/${file}`)) ?? '').replaceAll('\r\n', '\n');
  const isSame = before === text;
  return { file, isSame, advice: isSame ? null : composeAdvice(file, before, text, blueprint) };
}

/** Every folder on the way to a file has to be a real one, or not there yet. */
async function refuseDetours(run: Run, folder: string, files: readonly string[]): Promise<void> {
  const source = run.world.files.policies(folder);
  const ways = files.flatMap((file) =>
    file
      .split('/')
      .slice(0, -1)
      .map((_, at, names) => names.slice(0, at + 1).join('/')),
  );
  for (const way of new Set(ways)) {
    const at = way.lastIndexOf('/');
    const entry = (await source.list(way.slice(0, Math.max(at, 0))))?.find(({ name }) => name === way.slice(at + 1));
    if (entry === undefined || entry.kind === 'folder') continue;
    const what = entry.kind === 'link' ? 'it is a link, so what is written there would land elsewhere' : 'it is no folder';
    throw new RollcallError('initNoFolder', visible(`${folder}/${way}`, 200), what);
  }
}
