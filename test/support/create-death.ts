/** A process that is killed at its nth step, before or after the step has its effect: nothing of it ever goes on. */
export interface Death {
  readonly died: Promise<'died'>;
  step<T>(act: () => Promise<T>): Promise<T>;
}

export function createDeath(at: number, how: 'before' | 'after'): Death {
  let steps = 0;
  let die = () => {};
  const died = new Promise<'died'>((resolve) => {
    die = () => resolve('died');
  });
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    steps += 1;
    if (steps > at) return new Promise(() => undefined);
    if (steps < at) return act();
    if (how === 'after') await act();
    die();
    return new Promise(() => undefined);
  };
  return { died, step };
}
