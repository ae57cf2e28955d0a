import { isEmpty } from '../../src/holding.ts';
import type { Begun, Capabilities, LivePrincipal, Observation, OneReading, Provider, WriteResult } from '../../src/model.ts';
import type { Clock } from '../../src/ports.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { compareText, digestOf } from '../../src/text/digest.ts';

export const ACCOUNT = 'twilio-main';

/** An account in which people and their roles are written apart, as in an organization of Twilio's. */
export const PARTS: Capabilities = {
  ...TELNYX_SUB_USERS,
  provider: 'twilio',
  api: 'organization',
  roles: ['support', 'billing_manager', 'developer', 'administrator'],
  severalRoles: 'set',
  aloneRoles: ['administrator'],
  privilegedRoles: ['administrator'],
  invitations: false,
  requests: 'parts',
  keyRoles: [],
};

export interface Login {
  readonly id: string;
  readonly email: string;
  name: string;
  active: boolean;
  roles: string[];
  /** Roles in other accounts keep the login. */
  elsewhere: boolean;
}

/** What meets one write: an answer instead of anything being done, a silence before or after it was done, or a yes with nothing done. */
type Met = Exclude<WriteResult, { kind: 'accepted' }> | 'well' | 'lost before' | 'lost after' | 'ignored';
/** A function is what happens elsewhere just before. */
export type Fate = Met | (() => Met);

export interface PartsVendor {
  readonly logins: Login[];
  /** Every write that was sent, such as `assign developer to ada`. */
  readonly sent: string[];
  /** Those that changed something. */
  readonly done: string[];
  /** The next times that this write is sent, it meets these, one each. */
  meet(write: string, ...fates: Fate[]): void;
  /** Everybody who has something here, such as `ada developer+support`, `bob nothing`, `cleo developer inactive`. */
  live(): string[];
  of(name: string): Login;
  provider(step?: Step): Provider;
}

/** Goes between each request and what it does. */
export type Step = <T>(act: () => Promise<T>) => Promise<T>;

export const mail = (name: string) => `${name}@acme.example`;
export const refusal = (message: string): Met => ({ kind: 'refused', message });

export function openPartsVendor(clock: Clock, people: Readonly<Record<string, readonly string[]>>, capabilities = PARTS): PartsVendor {
  const logins: Login[] = [];
  const sent: string[] = [];
  const done: string[] = [];
  const fates = new Map<string, Fate[]>();
  const add = (name: string, roles: readonly string[]): Login => {
    const login = { id: `US-${name}`, email: mail(name), name, active: true, roles: roles.toSorted(), elsewhere: false };
    logins.push(login);
    return login;
  };
  for (const [name, roles] of Object.entries(people)) add(name, roles);
  const byId = (id: string) => logins.find((one) => one.id === id);

  const write = async (what: string, act: () => string | null): Promise<WriteResult> => {
    sent.push(what);
    const next = fates.get(what)?.shift();
    const fate = typeof next === 'function' ? next() : next;
    if (typeof fate === 'object') return fate;
    if (fate === 'lost before') return { kind: 'undecided', message: 'no answer' };
    if (fate === 'ignored') return { kind: 'accepted', principalId: null };
    const before = JSON.stringify(logins);
    const id = act();
    if (JSON.stringify(logins) !== before) done.push(what);
    return fate === 'lost after' ? { kind: 'undecided', message: 'no answer' } : { kind: 'accepted', principalId: id };
  };
  const change = (verb: string, id: string, act: (login: Login) => void) => {
    const login = byId(id);
    if (login === undefined) throw new Error(`nobody is called ${id}`);
    return write(`${verb} ${nameOf(login)}`, () => {
      act(login);
      return id;
    });
  };
  const writer: Provider['writer'] = {
    invite: (principal) => write(`invite ${principal.split('@')[0]}`, () => invite(principal)),
    patch: (id, { name, active }) => {
      return change(`patch ${[...(name === undefined ? [] : ['name']), ...(active ? ['active'] : [])].join('+')} of`, id, (login) => {
        login.name = name ?? login.name;
        login.active ||= active === true;
      });
    },
    assign: (id, role) => change(`assign ${role} to`, id, (login) => (login.roles = [...login.roles, role].toSorted())),
    unassign: (id, role) => change(`unassign ${role} from`, id, (login) => (login.roles = login.roles.filter((one) => one !== role))),
    delete: (id) => change('deactivate', id, (login) => (login.active = login.elsewhere || login.roles.length > 0)),
  };
  const invite = (principal: string): string =>
    (logins.find((one) => one.email === principal) ?? add(principal.split('@')[0] ?? '', [])).id;
  const observe = (begun: readonly Begun[]): Observation => {
    const here = logins.filter(
      (one) =>
        one.roles.length > 0 ||
        (one.active && begun.some(({ principalId, isDelete }) => principalId === one.id && !(isDelete && one.elsewhere))),
    );
    const principals = here.map(liveOf).toSorted((a, b) => compareText(a.principal, b.principal));
    const without = logins.filter((one) => one.roles.length === 0 && !one.active).map(liveOf);
    const facts = { account: ACCOUNT, provider: 'twilio', api: 'organization', requests: 1, source: 'live' } as const;
    return { ...facts, at: new Date(clock.now()).toISOString(), principals, without, digest: digestOf(principals) };
  };
  return {
    logins,
    sent,
    done,
    meet: (what, ...more) => void fates.set(what, [...(fates.get(what) ?? []), ...more]),
    live: () =>
      logins
        .filter((one) => one.active || one.roles.length > 0)
        .map(told)
        .toSorted(),
    of: (name) => byId(`US-${name}`) ?? add(name, []),
    provider: (step = (act) => act()) => ({
      reader: {
        account: ACCOUNT,
        capabilities,
        read: (_good, _suspect, begun = []) => step(async () => ({ kind: 'complete', observation: observe(begun) })),
        readOne: (id) => step(async () => readOne(byId(id))),
        probe: async () => ({ credential: 'works', words: '', abilities: [], otherApi: null }),
        events: async () => ({ kind: 'unavailable', why: 'this vendor keeps no log' }),
      },
      writer: {
        invite: (...args) => step(() => writer.invite(...args)),
        patch: (...args) => step(() => writer.patch(...args)),
        assign: (...args) => step(() => writer.assign(...args)),
        unassign: (...args) => step(() => writer.unassign(...args)),
        delete: (...args) => step(() => writer.delete(...args)),
      },
    }),
  };
}

function readOne(login: Login | undefined): OneReading {
  const gone = login === undefined || (login.roles.length === 0 && (!login.active || login.elsewhere));
  return gone ? { kind: 'absent' } : { kind: 'present', live: liveOf(login) };
}

function liveOf({ id, email, name, active, roles }: Login): LivePrincipal {
  return { principal: email, principal_id: id, status: active ? 'active' : 'inactive', name, roles, groups: [], since: null };
}

function told(login: Login): string {
  const roles = isEmpty({ roles: login.roles, groups: [] }) ? 'nothing' : login.roles.join('+');
  return `${nameOf(login)} ${roles}${login.active ? '' : ' inactive'}`;
}

function nameOf({ email }: Login): string {
  return email.split('@')[0] ?? '';
}
