import { sameHolding } from '../holding.ts';
import type { Change, LivePrincipal } from '../model.ts';

/** Whether somebody as the vendor reports them is what a change that leaves them access comes to. Who is inactive has none. */
export function showsChange({ principal, before, after }: Change, live: LivePrincipal): boolean {
  if (after === null || live.principal !== principal || !sameHolding(live, after)) return false;
  const renames = before !== null && before.name !== after.name;
  return live.status !== 'inactive' && (!renames || live.name === after.name);
}
