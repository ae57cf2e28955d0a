import type { Ledger } from '../../apply/open-ledger.ts';
import type { History, Place } from '../../model.ts';
import { placeKey } from '../../place-key.ts';
import { RENEWAL, type Renewal, renewGrants } from '../../policy/edit/renew-grants.ts';
import { type AccountEnd, findEnding } from '../../policy/find-ending.ts';
import { capabilitiesOf } from '../../provider/capabilities.ts';
import { composeRenewal } from '../../report/proposal/compose-renewal.ts';
import type { Note } from '../../watch.ts';
import { today } from '../load-desired.ts';
import type { Watched } from './load-watched.ts';
import type { Ci } from './open-ci.ts';
import { frameOf, openProposal, type Proposed } from './open-proposal.ts';
import { readTexts } from './read-texts.ts';

/** A first night must not bury people in pull requests; the next ones come an hour later. */
const MOST_A_RUN = 10;

export interface Renewals {
  /** Links to the pull requests, by where the ends stand: `file:line:column`. */
  readonly links: ReadonlyMap<string, string>;
  /** What could not be proposed, in whole sentences. */
  readonly notes: readonly Note[];
}

/**
 * Proposes once, for each team and last day, that what ends soon goes on. What is privileged is listed and never proposed: that takes a
 * pull request that people write.
 */
export async function proposeRenewals(ci: Ci, ledger: Ledger, watched: Watched, logins: readonly string[]): Promise<Renewals> {
  const links = new Map<string, string>();
  const notes: Note[] = [];
  const { policies } = watched.loaded;
  if (policies === null || watched.commit !== ci.tip) return { links, notes };
  const day = today(ci.run);
  const all = findEnding({ policies, desired: watched.desired, today: day, days: RENEWAL.withinDays, capabilitiesOf });
  const groups = groupEnds(all.filter((end) => end.until >= day));
  if (groups.size === 0) return { links, notes };
  const texts = await readTexts(ci, watched.commit);
  let tries = 0;
  for (const { branch, ends } of [...groups].flatMap(([name, together]) => partsOf(name, together, ledger.history()))) {
    const isNew = !ledger.history().proposals.has(branch);
    if (tries >= MOST_A_RUN && isNew) continue;
    const places = ends.filter(({ heldOtherwise }) => !heldOtherwise).flatMap((end) => end.places);
    const renewal = await renewGrants({ texts, folder: ci.folder, today: day, capabilitiesOf, places });
    const proposed = await proposeOne(ci, ledger, { branch, ends, renewal, logins });
    const { account = null, until: last = '' } = ends[0] ?? {};
    if (proposed?.kind === 'not' || proposed?.kind === 'opened') tries += 1;
    if (proposed?.kind === 'not')
      notes.push({ account, text: `A renewal of what ends on ${last} was not proposed: ${proposed.why}`, isPressing: true });
    if (proposed?.kind === 'opened') ci.run.log(`Pull request ${proposed.number} proposes to renew what ends on ${last}.`);
    if (proposed?.kind === 'opened' || proposed?.kind === 'open') link(links, renewal, `${ci.github.url}/pull/${proposed.number}`);
  }
  return { links, notes };
}

interface Part {
  readonly branch: string;
  readonly ends: readonly AccountEnd[];
}

/** What was proposed together, each with its branch, and what came to the same day since: that is proposed, too, once. */
function partsOf(name: string, ends: readonly AccountEnd[], { proposals }: History): Part[] {
  const isOf = (branch: string) => branch === name || /^-\d{1,3}$/.test(branch.slice(name.length));
  const known = [...proposals].filter(([branch]) => branch.startsWith(name) && isOf(branch));
  const placesOf = new Map(
    known.map(([branch, { principals }]) => {
      const theirs = ends.filter((end) => principals.includes(end.principal));
      return [branch, new Set(theirs.flatMap(({ places }) => places.map(placeKey)))];
    }),
  );
  const whose = ({ places }: AccountEnd) =>
    known.find(([branch]) => places.every((place) => placesOf.get(branch)?.has(placeKey(place)) === true))?.[0];
  const next = known.length === 0 ? name : `${name}-${known.length + 1}`;
  const parts = [...known.map(([branch]) => branch), next].map((branch) => {
    return { branch, ends: ends.filter((end) => (whose(end) ?? next) === branch) };
  });
  return parts.filter((part) => part.ends.length > 0);
}

function link(links: Map<string, string>, { renewed }: Renewal, url: string): void {
  for (const { place } of renewed) links.set(placeKey(place), url);
}

interface OneRenewal {
  readonly branch: string;
  readonly ends: readonly AccountEnd[];
  readonly renewal: Renewal;
  readonly logins: readonly string[];
}

/** Null where nobody's access would go on: another grant holds it anyway, or only one of two lines may move. */
async function proposeOne(ci: Ci, ledger: Ledger, { branch, ends, renewal, logins }: OneRenewal): Promise<Proposed | null> {
  const moved = new Set(renewal.renewed.map(({ place }) => placeKey(place)));
  const isMoved = (place: Place) => moved.has(placeKey(place));
  const concerned = ends.filter((end) => end.places.every(isMoved));
  if (concerned.length === 0) return null;
  const barred = { logins, principals: [...new Set(concerned.map(({ principal }) => principal))] };
  const text = composeRenewal({ ...frameOf(ci, branch, barred), renewal, ends: concerned, url: ci.github.url, commit: ci.tip });
  return openProposal(ci, ledger, { branch, files: renewal.files, text, again: false, barred });
}

/** By branch: what one team loses on one day. File names are plain, so a branch can be called by them. */
function groupEnds(ends: readonly AccountEnd[]): Map<string, AccountEnd[]> {
  const groups = new Map<string, AccountEnd[]>();
  for (const end of ends) {
    const team = /(?:^|\/)([a-z0-9][a-z0-9-]*)\.ya?ml$/.exec(end.source.file)?.[1];
    if (team === undefined) continue;
    const branch = `rollcall/renew-${team}-${end.until}`;
    groups.set(branch, [...(groups.get(branch) ?? []), end]);
  }
  return groups;
}
