import { createTelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import type { EmulatedWorld, PortalAnswer } from '../../src/emulator/create-world.ts';
import { createTwilioWorld } from '../../src/emulator/twilio/create-twilio-world.ts';
import { roleWordOf } from '../../src/emulator/twilio/twilio-roles.ts';
import type { Clock } from '../../src/ports.ts';
import type { Draw } from './create-draw.ts';
import { type Grants, nameOf, ORGANIZATION, OWNER, SCOPE, type SimAccount, withLesser } from './sim-policy.ts';

/** What somebody really holds in one account. */
export interface Truth {
  readonly id: string;
  readonly status: string;
  /** Sorted; none where the status is no access. An admin of Telnyx has both words. */
  readonly roles: readonly string[];
}

/** One account as the vendor has it, and what people do there without us. */
export interface SimVendor {
  readonly account: SimAccount;
  readonly world: EmulatedWorld;
  readonly env: Readonly<Record<string, string>>;
  /** By address; the owner is not among them. */
  truth(): ReadonlyMap<string, Truth>;
  /** Somebody is given this role and no other in the portal; a stranger is let in by it. */
  give(email: string, role: string): PortalAnswer;
  /** Somebody's access is ended in the portal. */
  end(email: string): PortalAnswer;
  /** Everybody who is invited accepts; the number of them. */
  acceptAll(): number;
  accept(email: string): PortalAnswer;
}

export const KEY = 'KEY0123456789ABCDEF_simulated-telnyx-key';
const CLIENT_SECRET = 'simulated-twilio-client-secret-0123';
const AUTH_TOKEN = 'simulated-twilio-auth-token-0123456';

export function openSimVendor(account: SimAccount, live: Grants, clock: Clock, draw: Draw): SimVendor {
  return account.kind === 'telnyx' ? openTelnyx(account, live, clock, draw) : openTwilio(account, live, clock, draw);
}

function openTelnyx(account: SimAccount, live: Grants, clock: Clock, draw: Draw): SimVendor {
  const users = [...live].map(([email, { roles }]) => ({ email, name: nameOf(email), role: roles[0] ?? 'member' }));
  const world = createTelnyxWorld({
    clock,
    random: draw.random,
    seed: { accounts: [{ name: account.name, key: KEY, owner: OWNER, users }], switches: account.invites },
  });
  const portal = world.portal(account.name);
  return {
    account,
    world,
    env: { [`${account.name.toUpperCase()}_API_KEY`]: KEY },
    truth: () =>
      new Map(
        world.state(account.name).users.map(({ id, email, role, status }) => {
          const roles = status === 'active' || status === 'invited' ? withLesser([role]) : [];
          return [email.toLowerCase(), { id, status, roles }];
        }),
      ),
    give: (email, role) => {
      const given = portal.setRole(email, role);
      if (given.done) return given;
      const invited = portal.inviteByPortal(email, role, nameOf(email));
      return invited.done && draw.chance(0.5) ? portal.accept(email) : invited;
    },
    end: (email) => portal.deleteByPortal(email),
    acceptAll: () => {
      const invited = world.state(account.name).users.filter(({ status }) => status === 'invited');
      for (const { email } of invited) portal.accept(email);
      return invited.length;
    },
    accept: (email) => portal.accept(email),
  };
}

function openTwilio(account: SimAccount, live: Grants, clock: Clock, draw: Draw): SimVendor {
  const users = [...live].map(([email, { roles }]) => ({
    email,
    name: nameOf(email),
    roles: roles.map((role) => ({ role, scope: account.name })),
  }));
  const world = createTwilioWorld({
    clock,
    random: draw.random,
    seed: {
      organizations: [
        {
          sid: ORGANIZATION,
          client_id: 'OQ0123456789',
          client_secret: CLIENT_SECRET,
          owner: OWNER,
          domains: ['acme.example', 'elsewhere.example'],
          accounts: [{ name: account.name, sid: SCOPE, auth_token: AUTH_TOKEN }],
          users,
        },
      ],
    },
  });
  const portal = world.portal(account.name);
  const truth = (): ReadonlyMap<string, Truth> =>
    new Map(
      world.state(account.name).people.flatMap(({ sid, email, status, roles }) => {
        if (email.toLowerCase() === OWNER) return [];
        const held = status === 'active' ? [...new Set(roles.map((role) => roleWordOf(role)))].toSorted() : [];
        return held.length === 0 && roles.length === 0 ? [] : [[email.toLowerCase(), { id: sid, status, roles: held }]];
      }),
    );
  const upper = account.name.toUpperCase();
  return {
    account,
    world,
    env: {
      [`${upper}_CLIENT_ID`]: 'OQ0123456789',
      [`${upper}_CLIENT_SECRET`]: CLIENT_SECRET,
      [`${upper}_ACCOUNT_SID`]: SCOPE,
      [`${upper}_AUTH_TOKEN`]: AUTH_TOKEN,
    },
    truth,
    give: (email, role) => {
      portal.createUser(email, nameOf(email));
      portal.reactivate(email);
      const held = truth().get(email)?.roles ?? [];
      for (const other of held) if (other !== role) portal.takeRole(email, other);
      return held.includes(role) ? { done: true, id: '' } : portal.giveRole(email, role);
    },
    end: (email) => {
      const held = truth().get(email)?.roles ?? [];
      if (held.length === 0) return { done: false, why: 'nobody is there' };
      for (const role of held) portal.takeRole(email, role);
      return portal.deactivate(email);
    },
    acceptAll: () => 0,
    accept: () => ({ done: false, why: 'users are active at once' }),
  };
}
