/** A step of a pattern: from the places of a path that were reached, each by its offset, to those that are reached behind the step. */
type Step = (reached: readonly boolean[], path: string) => boolean[];

/**
 * Whether a pattern of CODEOWNERS matches a path, by GitHub's rules. In time proportional to the pattern times the path, whatever stands in
 * it: a regular expression would try every way to share a path among the stars.
 */
export function matchOwnedPath(pattern: string): (path: string) => boolean {
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const isAnchored = pattern.startsWith('/') || body.includes('/');
  const parts = body.replace(/(?:\*\*\/)+/g, '**/').split(/(\*\*\/|\/\*\*$|\*+|\?)/);
  const steps = parts.filter((part) => part !== '').map((part) => WILD.get(part) ?? (/^\*+$/.test(part) ? NAME : literal(part)));
  // Most patterns are told from a path by how they begin.
  const start = isAnchored ? (parts[0] ?? '') : '';
  if (!isAnchored) steps.unshift(FOLDERS);
  // `docs/*` reaches the files of that folder and none below; what names a folder reaches everything in it.
  const isWhole = /\/\*$/.test(body) || (isAnchored && body === '*');
  const end = pattern.endsWith('/') ? INSIDE : isWhole ? null : ITSELF_OR_INSIDE;
  if (end !== null) steps.push(end);
  return (path) => {
    if (!path.startsWith(start)) return false;
    let reached = Array.from({ length: path.length + 1 }, (_, at) => at === 0);
    for (const step of steps) {
      if (!reached.includes(true)) return false;
      reached = step(reached, path);
    }
    return reached[path.length] === true;
  };
}

const literal =
  (text: string): Step =>
  (reached, path) =>
    reached.map((_, at) => reached[at - text.length] === true && path.startsWith(text, at - text.length));
const ONE: Step = (reached, path) => reached.map((_, at) => reached[at - 1] === true && path[at - 1] !== '/');
/** Any part of a name. */
const NAME: Step = (reached, path) => {
  let isOpen = false;
  return reached.map((here, at) => {
    isOpen = here || (isOpen && path[at - 1] !== '/');
    return isOpen;
  });
};
const ANYTHING: Step = (reached) => {
  const first = reached.indexOf(true);
  return reached.map((_, at) => at >= first);
};
const FOLDERS: Step = (reached, path) => {
  const first = reached.indexOf(true);
  return reached.map((here, at) => here || (at > first && path[at - 1] === '/'));
};
const INSIDE: Step = (reached, path) => {
  const slash = reached.findIndex((here, at) => here && path[at] === '/');
  return reached.map((_, at) => slash !== -1 && at > slash + 1);
};
const ITSELF_OR_INSIDE: Step = (reached, path) => {
  const slash = reached.findIndex((here, at) => here && path[at] === '/');
  return reached.map((here, at) => here || (slash !== -1 && at > slash));
};

const WILD: ReadonlyMap<string, Step> = new Map([
  ['**/', FOLDERS],
  ['/**', INSIDE],
  ['**', ANYTHING],
  ['?', ONE],
]);
