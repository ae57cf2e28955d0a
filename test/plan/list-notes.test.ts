import { describe, expect, it } from 'vitest';
import { groups, OF_GROUPS, OF_SETS, roles } from './other-providers.ts';
import { held, inPeace, live, mail, OWNER, planOf, type World, wants } from './support.ts';

function notesOf(world: World): readonly string[] {
  return planOf(world).accounts[0]?.notes ?? [];
}

describe('what people should know of an account', () => {
  it('has what the read itself says, and the owner where the vendor names them', () => {
    const world = inPeace({ ada: 'admin' });
    world.observed = { notes: ['The accounts listing was refused, so the declared owner is trusted.'] };
    world.live.set('root', live('root', 'owner'));
    expect(notesOf(world)).toEqual([
      'The accounts listing was refused, so the declared owner is trusted.',
      `The vendor names ${OWNER} as the owner, as policy does.`,
    ]);
  });

  it('has why no keys were read, when somebody goes who could read them', () => {
    const world = inPeace({});
    world.capabilities = OF_SETS;
    for (const name of ['ada', 'bob']) {
      world.live.set(name, live(name, null, roles('administrator')));
      world.remembered.set(name, held(name, 'member', roles('administrator')));
      world.wants.set(name, wants(name, null, { holding: roles('administrator'), holdingWithoutEnds: roles('administrator') }));
    }
    world.observed = { keys: { kind: 'not_read', why: 'no token is set' } };
    expect(notesOf(world)).toEqual([]);
    world.wants.delete('ada');
    expect(notesOf(world)).toEqual(['The API keys were not read: no token is set.']);
  });

  it('has subaccounts that no policy names', () => {
    const world = inPeace({ ada: 'admin' });
    world.policy = { scope: 'AC01' };
    world.observed = {
      subaccounts: [
        { sid: 'AC01', name: 'Main' },
        { sid: 'AC02', name: 'Trial\n::error' },
      ],
    };
    expect(notesOf(world)).toEqual([
      'The subaccount Trial\\u{a}\\u{3a}\\u{3a}error (AC02) is in no policy, so nobody watches who may be in it: give it an account file, or set subaccounts to all.',
    ]);
  });

  it('has who reaches the account from elsewhere', () => {
    const world = inPeace({});
    world.capabilities = OF_SETS;
    world.remembered.set('dan', null);
    world.live.set('ada', live('ada', null, roles('administrator')));
    world.observed = {
      reach: [
        { principal: mail('bob'), role: 'Organization Admin', through: 'the whole organization' },
        { principal: mail('cleo'), role: 'Organization Admin', through: 'the whole organization' },
      ],
    };
    expect(notesOf(world)).toEqual([
      `Access does not cascade, but this works here all the same, from elsewhere: Organization Admin through the whole organization: ${mail('bob')}, ${mail('cleo')}.`,
    ]);
  });

  it('sums up what the vendor shows of people, but for when each was last there', () => {
    const world = inPeace({});
    world.capabilities = OF_GROUPS;
    world.remembered.set('dan', null);
    for (const name of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']) {
      world.live.set(name, live(name, null, { ...groups('billing'), remarks: ['bypasses single sign-on'] }));
    }
    world.live.set('ada', live('ada', null, { ...groups('billing'), remarks: ['never signed in'] }));
    world.live.set('bob', live('bob', null, { ...groups('billing'), remarks: ['last signed in 2026-10-02'] }));
    const five = ['p1', 'p2', 'p3', 'p4', 'p5'].map(mail).join(', ');
    expect(notesOf(world)).toEqual([
      `The vendor shows: never signed in (${mail('ada')}).`,
      `The vendor shows: bypasses single sign-on (${five} and 1 more).`,
    ]);
  });
});
