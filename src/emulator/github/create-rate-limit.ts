import type { Clock } from '../../ports.ts';
import { type GithubReply, refusal } from './github-reply.ts';
import type { GithubToken } from './github-state.ts';

const HOUR_MS = 3_600_000;
/** An Actions token has 1,000 requests an hour and repository, others 5,000. Source: docs.github.com/rest, rate limits. */
const PER_HOUR = { actions: 1000, app: 5000, user: 5000 } as const;
const WITHOUT_TOKEN = 60;

/** Counts requests by token in hours that begin with the first; `count` gives the headers, and the refusal of one too many. */
export function createRateLimit(clock: Clock) {
  const windows = new Map<string, { readonly endsAt: number; used: number }>();
  return {
    count: (token: GithubToken | null): { readonly headers: Readonly<Record<string, string>>; readonly refused: GithubReply | null } => {
      const limit = token === null ? WITHOUT_TOKEN : PER_HOUR[token.kind];
      const key = token?.value ?? '';
      const now = clock.now();
      const known = windows.get(key);
      const window = known !== undefined && now < known.endsAt ? known : { endsAt: now + HOUR_MS, used: 0 };
      windows.set(key, window);
      window.used += 1;
      const headers = {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
        'x-ratelimit-used': String(Math.min(limit, window.used)),
        'x-ratelimit-reset': String(Math.ceil(window.endsAt / 1000)),
        'x-ratelimit-resource': 'core',
      };
      const message = `API rate limit exceeded for ${token === null ? '127.0.0.1' : `user ID ${token.userId}`}.`;
      return { headers, refused: window.used > limit ? refusal(403, message) : null };
    },
  };
}
