import type { Git } from '../../ports.ts';

/** Git that answers again what it has answered already, where the answer cannot have changed. */
export interface RememberingGit extends Git {
  /** Somebody else, such as a push over HTTP, may have moved a ref. */
  forgetRefs(): void;
}

type Answer = Awaited<ReturnType<Git['run']>>;

const SHA = '[0-9a-f]{40}';
/** Questions about objects alone: an object never changes, so neither does what git says of it. */
const OF_OBJECTS = [
  `cat-file -e ${SHA}\\^\\{\\w+\\}`,
  `merge-base --is-ancestor ${SHA} ${SHA}`,
  `merge-base ${SHA} ${SHA}`,
  `rev-parse --verify --quiet ${SHA}\\^\\{\\w+\\}`,
  `log --no-show-signature --format=\\S+ -1 ${SHA} --`,
  `ls-tree -z -l( -r -t)? ${SHA}`,
  `diff --shortstat ${SHA}\\.\\.\\.${SHA}`,
].map((pattern) => new RegExp(`^${pattern}$`));
/** What makes a tree by way of a commit that is gone at the end moves no ref that anybody asks for. */
const SCRATCH = 'commit refs/emulator/';
/** What these say holds until a ref moves. */
const OF_REFS = /^for-each-ref /;
/** Of everything else only these are known to move none. */
const MOVES_NOTHING = /^(show|cat-file|commit-tree|hash-object|ls-tree|rev-list|rev-parse|diff|diff-tree|log|merge-base|merge-tree) /;

/**
 * A story on the emulated GitHub asks git the same thousands of times, and each time costs a process. What a commit or a tree has just
 * been made of is known without asking.
 */
export function rememberGit(git: Git): RememberingGit {
  const ofObjects = new Map<string, Answer>();
  const ofRefs = new Map<string, Answer>();
  let moves = 0;
  const forgetRefs = () => {
    moves += 1;
    ofRefs.clear();
  };
  const learn = (question: string, text: string) => ofObjects.set(question, { code: 0, stdout: new TextEncoder().encode(text) });
  return {
    forgetRefs,
    run: async (args, stdin, env) => {
      const question = args.join(' ');
      const isLasting = OF_OBJECTS.some((pattern) => pattern.test(question));
      const known = ofObjects.get(question) ?? ofRefs.get(question);
      if (known !== undefined) return known;
      const isScratch = typeof stdin === 'string' && stdin.startsWith(SCRATCH);
      const mayMove = !(isLasting || isScratch || OF_REFS.test(question) || MOVES_NOTHING.test(question));
      if (mayMove) forgetRefs();
      const before = moves;
      const answer = await git.run(args, stdin, env);
      if (mayMove) forgetRefs();
      if (isLasting && answer.code === 0) ofObjects.set(question, answer);
      // What was asked while a ref moved may be either side's answer.
      else if (OF_REFS.test(question) && answer.code === 0 && moves === before) ofRefs.set(question, answer);
      if (args[0] === 'commit-tree' && answer.code === 0) learnCommit(args, answer, learn);
      return answer;
    },
  };
}

/** `commit-tree TREE -p PARENT …` */
function learnCommit(args: readonly string[], { stdout }: Answer, learn: (question: string, text: string) => void): void {
  const commit = new TextDecoder().decode(stdout).trim();
  const tree = args[1] ?? '';
  learn(`cat-file -e ${commit}^{commit}`, '');
  learn(`rev-parse --verify --quiet ${commit}^{tree}`, `${tree}\n`);
  learn(`rev-parse --verify --quiet ${tree}^{tree}`, `${tree}\n`);
  const parents = args.filter((_, at) => args[at - 1] === '-p');
  for (const parent of parents) learn(`merge-base --is-ancestor ${parent} ${commit}`, '');
}
