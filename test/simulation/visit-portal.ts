import { ANCHORS, type Sim, STRANGERS, vendorOf } from './open-sim.ts';
import { ROLES } from './sim-facts.ts';

/** Somebody does in the portal what they should not, or must. */
export function visitPortal(sim: Sim, who: (email: string) => boolean = () => true): void {
  const { draw, checker } = sim;
  const account = draw.pick(sim.accounts);
  const vendor = vendorOf(sim, account.name);
  const before = vendor.truth();
  const there = [...before.keys()].filter((email) => !ANCHORS.includes(email) && who(email));
  const email = there.length === 0 || draw.chance(0.3) ? draw.pick(STRANGERS) : draw.pick(there);
  const role = draw.pick(ROLES[account.kind]);
  const isEnd = before.has(email) && draw.chance(0.4);
  const answer = isEnd ? vendor.end(email) : vendor.give(email, role);
  checker.portal(account, email, before, vendor.truth());
  sim.trace.push(`portal ${account.name} ${email} ${isEnd ? 'ended' : role} ${answer.done}`);
}
