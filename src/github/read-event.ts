import { RollcallError } from '../errors.ts';
import { visible } from '../text/encode.ts';

/** What made this run, as far as rollcall cares. Everything else in the event is foreign text that nothing reads. */
export type CiEvent =
  | { readonly kind: 'pull_request'; readonly number: number }
  | { readonly kind: 'merge_group'; readonly head: string; readonly base: string }
  | { readonly kind: 'dispatch'; readonly number: number | null }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'push' };

const SHA = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Reads Actions' event file; `pull` is the number that `--pull` gave, for a dispatch has none of its own. */
export function readEvent(name: string, text: string | null, pull: number | null): CiEvent {
  const payload = parse(name, text);
  switch (name) {
    case 'pull_request':
      return { kind: 'pull_request', number: pull ?? numberIn(name, at(payload, 'pull_request', 'number')) };
    case 'merge_group':
      return {
        kind: 'merge_group',
        head: shaIn(name, at(payload, 'merge_group', 'head_sha')),
        base: shaIn(name, at(payload, 'merge_group', 'base_sha')),
      };
    case 'workflow_dispatch':
      return { kind: 'dispatch', number: pull };
    case 'schedule':
      return { kind: 'schedule' };
    case 'push':
      return { kind: 'push' };
    default:
      throw new RollcallError('eventUnknown', visible(name));
  }
}

function parse(name: string, text: string | null): unknown {
  try {
    return text === null ? {} : JSON.parse(text);
  } catch {
    throw new RollcallError('eventUnreadable', visible(name), 'GITHUB_EVENT_PATH is not JSON');
  }
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
}

function numberIn(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new RollcallError('eventUnreadable', visible(name), 'it names no pull request');
}

function shaIn(name: string, value: unknown): string {
  if (typeof value === 'string' && SHA.test(value)) return value;
  throw new RollcallError('eventUnreadable', visible(name), 'it names no commit');
}
