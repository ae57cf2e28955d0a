import { type Line, must } from './open-line.ts';

/** Who writes with a token: a user, or an app that has a user of its own. */
export interface Identity {
  readonly userId: number;
  readonly appId: number | null;
}

/** `github-actions[bot]` and the app behind it, the same in every repository of github.com. */
const ACTIONS: Identity = { userId: 41_898_282, appId: 15_368 };

/** A user's token answers who it is; the token of a job may not ask (403) and writes as GitHub Actions. */
export async function findIdentity({ rest, attempt }: Line): Promise<Identity> {
  const me = await attempt('none', () => rest.users.getAuthenticated());
  if (me.kind === 'refused' && me.status === 403) return ACTIONS;
  return { userId: must(me).id, appId: null };
}
