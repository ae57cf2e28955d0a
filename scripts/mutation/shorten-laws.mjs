import real from 'fast-check';

/** Cases of a law for each mutant: a law that needs hundreds of cases to notice holds nothing closely. */
const MOST_RUNS = 20;

/** Stands in for fast-check while mutants run, so that a mutant costs a few cases of each law and not all of them. */
const shorter = (parameters) => ({ ...parameters, numRuns: Math.min(parameters?.numRuns ?? MOST_RUNS, MOST_RUNS) });

export default { ...real, assert: (property, parameters) => real.assert(property, shorter(parameters)) };
