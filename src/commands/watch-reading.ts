import type { OnPage } from '../provider/create-providers.ts';
import { visible } from '../text/encode.ts';
import type { Run } from './run-context.ts';

/** Tells a person at a terminal how far the reading of accounts has come. */
export interface ReadingWatch {
  begin(names: readonly string[]): void;
  readonly page: OnPage;
  /** This account is read, or it is known why not. */
  read(name: string): void;
}

interface Pages {
  readonly done: number;
  readonly total: number | null;
}

/** Accounts are read side by side, so their pages are told as one number. */
export function watchReading(run: Run): ReadingWatch {
  let names: readonly string[] = [];
  let read = 0;
  const pages = new Map<string, Pages>();
  const tell = () => {
    const all = [...pages.values()];
    const done = all.reduce((sum, one) => sum + one.done, 0);
    // A total that leaves accounts out would be passed by what is read of those.
    const isWhole = all.length >= names.length && all.every(({ total }) => total !== null);
    const total = isWhole ? all.reduce((sum, one) => sum + (one.total ?? 0), 0) : null;
    run.progress({ subject: subjectOf(names.length > 0 ? names : [...pages.keys()], read), unit: 'page', done, total });
  };
  return {
    begin: (asked) => {
      names = asked;
      read = 0;
      pages.clear();
      tell();
    },
    page: (account, done, total) => {
      pages.set(account, { done, total });
      tell();
    },
    read: () => {
      read += 1;
      tell();
    },
  };
}

function subjectOf(names: readonly string[], read: number): string {
  const [only, second] = names;
  if (only !== undefined && second === undefined) return `Reading ${visible(only)}`;
  return `Reading ${names.length} accounts (${read} done)`;
}
