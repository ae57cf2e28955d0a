import type { Answer, CheckMaker } from '../protection.ts';
import { askAnswer } from './ask-answer.ts';
import type { Line } from './open-line.ts';

/** The checks run on the heads of pull requests, so the last of those are looked at. */
const PULLS = 10;

/** Who made the newest check run of each name, and every other app that made one of that name on the same commit. */
export async function readCheckMakers(line: Line, names: readonly string[]): Promise<Answer<readonly CheckMaker[]>> {
  const heads = await askAnswer(line, 'pull-requests: read', async () => {
    const query = { ...line.at, state: 'all', sort: 'updated', direction: 'desc', per_page: PULLS } as const;
    return (await line.rest.pulls.list(query)).data.map(({ number, head }) => ({ number, sha: head.sha }));
  });
  if (heads.kind === 'unknown') return heads;
  const makers: CheckMaker[] = [];
  for (const name of names) {
    for (const { number, sha } of heads.value) {
      const found = await readMakers(line, name, sha, number);
      if (found.kind === 'unknown') return found;
      makers.push(...found.value);
      if (found.value.length > 0) break;
    }
  }
  return { kind: 'known', value: makers };
}

function readMakers(line: Line, name: string, sha: string, pull: number): Promise<Answer<readonly CheckMaker[]>> {
  return askAnswer(line, 'checks: read', async () => {
    const query = { ...line.at, ref: sha, check_name: name, filter: 'latest', per_page: PULLS } as const;
    const runs = (await line.rest.checks.listForRef(query)).data.check_runs.filter((run) => run.name === name);
    const makers = runs.map(({ app }) => ({ name, appId: app?.id ?? null, app: app?.slug ?? '', pull }));
    return [...new Map(makers.map((maker) => [maker.appId, maker])).values()];
  });
}
