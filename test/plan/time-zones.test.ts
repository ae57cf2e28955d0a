import { expect, it, vi } from 'vitest';
import { AT, inPeace, live, planOf, type World, wants } from './support.ts';

/** Something to do about everybody but one, and an end date. */
function busy(): World {
  const world = inPeace({ ada: 'admin', bob: 'admin', cleo: 'member', dan: 'member', eve: 'member' });
  world.wants.set('cleo', wants('cleo', 'admin'));
  world.wants.delete('dan');
  world.wants.set('eve', wants('eve', null, { ended: 'member' }));
  world.wants.set('fay', wants('fay', 'member'));
  world.live.set('mallory', live('mallory', 'admin'));
  return world;
}

it.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/St_Johns'])('a plan stays the same in time zone %s', (zone) => {
  const here = planOf(busy());
  vi.stubEnv('TZ', zone);
  expect(new Date(AT).getTimezoneOffset()).not.toBe(0);
  expect(planOf(busy())).toEqual(here);
  vi.unstubAllEnvs();
});
