/** One thing after the other: what the API and what people do never interleave in the middle of a step of git. */
export type InTurn = <T>(task: () => Promise<T>) => Promise<T>;

export function createQueue(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
}
