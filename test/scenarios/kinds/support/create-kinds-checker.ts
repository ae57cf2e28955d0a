import { expect } from 'vitest';
import type { TelnyxWorld } from '../../../../src/emulator/create-telnyx-world.ts';
import type { TwilioWorld } from '../../../../src/emulator/twilio/create-twilio-world.ts';
import { roleWordOf } from '../../../../src/emulator/twilio/twilio-roles.ts';
import type { Part } from '../../../../src/model.ts';
import type { Clock, HttpReply, HttpRequest } from '../../../../src/ports.ts';
import type { Policies } from '../../support/company.ts';
import { MAIN, telnyxKeyOf } from './kinds-company.ts';
import { type PolicyAccount, readAccountFiles, readWanted } from './read-wanted.ts';

/** One request that changes something, as the vendor met it: `give bob developer`. */
interface Write {
  /** The account's name by policy; null for a login, which belongs to the organization. */
  readonly account: string | null;
  readonly email: string;
  readonly does: 'make' | 'give' | 'take' | 'activate' | 'rename' | 'end' | 'remove' | 'invite' | 'change';
  readonly role: string;
  readonly isPost: boolean;
  readonly words: string;
}

/** An eye on the vendors' side that knows the rules and nothing of rollcall's own code. */
export interface KindsChecker {
  readonly writes: readonly string[];
  /** A run begins: what may be sent once a run may be sent again. */
  begin(): void;
  /** Judges a request before the vendor answers; throws when it breaks a rule. */
  before(request: HttpRequest, ledger: string): void;
  /** Learns which assignment is whose from what the vendor lists, and which requests were never taken. */
  after(request: HttpRequest, reply: HttpReply): void;
}

export interface Watched {
  readonly telnyx: TelnyxWorld;
  readonly twilio: TwilioWorld;
  readonly policies: () => Policies;
  readonly clock: Clock;
}

interface Row {
  readonly role: string;
  readonly scope: string;
  readonly identity: string;
  readonly isOnResource: boolean;
}

export function createKindsChecker(watched: Watched): KindsChecker {
  const words: string[] = [];
  const rows = new Map<string, Row>();
  const taken = new Set<string>();
  let sent = new Set<string>();
  const newest = new Map<HttpRequest, string>();
  return {
    writes: words,
    begin: () => {
      sent = new Set();
    },
    before: (request, ledger) => {
      const path = new URL(request.url).pathname;
      if (request.method === 'GET' || path.endsWith('/token')) return;
      const write = describe(request, path, rows, watched);
      words.push(write.words);
      judge(write, watched, taken);
      judgeIntent(write, ledger);
      if (write.isPost) expect(sent.has(write.words), `${write.words}: sent twice in a run`).toBe(false);
      sent.add(write.words);
      newest.set(request, write.words);
      if (write.does === 'take') taken.add(`${write.email} ${write.role} ${write.account}`);
    },
    after: (request, reply) => {
      // Throttled, or without a valid token, nothing was done; unsent, nothing was even heard.
      if (reply.kind === 'unsent' || (reply.kind === 'reply' && [401, 429].includes(reply.status))) sent.delete(newest.get(request) ?? '');
      if (reply.kind === 'reply') for (const [sid, row] of rowsIn(reply.body)) rows.set(sid, row);
    },
  };
}

interface WireRow {
  readonly sid?: unknown;
  readonly role_sid?: string;
  readonly scope?: string;
  readonly identity?: string;
  readonly resource_id?: unknown;
}

function rowsIn(body: string): readonly (readonly [string, Row])[] {
  if (!body.includes('"role_sid"')) return [];
  const { content = [] } = JSON.parse(body) as { content?: readonly WireRow[] };
  return content.flatMap(({ sid, role_sid: role = '', scope = '', identity = '', resource_id: id }) =>
    typeof sid === 'string' ? [[sid, { role: roleWordOf(role), scope, identity, isOnResource: id !== null && id !== undefined }]] : [],
  );
}

function describe(request: HttpRequest, path: string, rows: ReadonlyMap<string, Row>, watched: Watched): Write {
  const body = request.body === undefined || request.body === '' ? {} : (JSON.parse(request.body) as Record<string, unknown>);
  const last = path.split('/').at(-1) ?? '';
  if (path.includes('/RoleAssignments')) {
    const row = request.method === 'POST' ? givenIn(body) : rows.get(last);
    if (row === undefined) throw new Error(`an assignment that no list showed was written: ${request.method} ${path}`);
    return describeAssignment(request.method === 'POST' ? 'give' : 'take', row, watched);
  }
  return /\/scim\//.test(path) ? describeLogin(request.method, last, body, watched) : describeTelnyx(request, path, body, watched);
}

function givenIn(body: WireRow): Row {
  const { role_sid: role = '', scope = '', identity = '', resource_id: id } = body;
  return { role: roleWordOf(role), scope, identity, isOnResource: id !== null && id !== undefined };
}

function describeAssignment(does: 'give' | 'take', row: Row, watched: Watched): Write {
  const email = emailOf(row.identity, watched);
  const account = accountOfScope(row.scope, watched);
  if (account === null) throw new Error(`${does} ${email} ${row.role}: the scope ${row.scope} is no account of policy`);
  expect(row.isOnResource, `${does} ${email} ${row.role}: a role on one resource is never touched`).toBe(false);
  const owner = watched.twilio.state(row.scope).owner;
  expect(email, `${does} ${row.role}: the owner is never touched`).not.toBe(owner);
  const place = account.name === MAIN ? '' : ` in ${account.name}`;
  return {
    account: account.name,
    email,
    does,
    role: row.role,
    isPost: does === 'give',
    words: `${does} ${short(email)} ${row.role}${place}`,
  };
}

function describeLogin(method: string, sid: string, body: Record<string, unknown>, watched: Watched): Write {
  const login = { account: null, role: '', isPost: method === 'POST' };
  if (method === 'POST') {
    const email = String(body['userName']);
    return { ...login, email, does: 'make', words: `make a login for ${short(email)}` };
  }
  const email = emailOf(sid, watched);
  for (const name of watched.twilio.accounts) {
    const { owner, organization } = watched.twilio.state(name);
    if (organization !== null) expect(email, `${method}: the login of an owner is never touched`).not.toBe(owner);
  }
  if (method === 'DELETE') return { ...login, email, does: 'end', words: `deactivate ${short(email)}` };
  const paths = ((body['Operations'] ?? []) as { path: string }[]).map((one) => one.path);
  const does = paths.includes('active') ? 'activate' : 'rename';
  return { ...login, email, does, words: `${does} ${short(email)}` };
}

function describeTelnyx(request: HttpRequest, path: string, body: Record<string, unknown>, { telnyx }: Watched): Write {
  const account = telnyx.accounts.find((name) => request.headers['authorization'] === `Bearer ${telnyxKeyOf(name)}`) ?? '';
  const { users, owner } = telnyx.state(account);
  const id = path.endsWith('/actions/remove') ? path.split('/').at(-3) : path.split('/').at(-1);
  const email = String(body['email'] ?? users.find((user) => user.id === id)?.email ?? 'nobody');
  expect(email, 'the owner is never touched').not.toBe(owner.email);
  const isRemoval = path.endsWith('/actions/remove') || request.method === 'DELETE';
  const does = isRemoval ? 'remove' : request.method === 'POST' ? 'invite' : 'change';
  const role = String(body['role'] ?? '');
  const said = [does, short(email), ...(role === '' ? [] : [role]), `in ${account}`].join(' ');
  return { account, email, does, role, isPost: request.method === 'POST', words: said };
}

/** What holds for every request, whatever the story. */
function judge({ account, email, does, role, words }: Write, { twilio, policies, clock }: Watched, taken: ReadonlySet<string>): void {
  const wantedIn = (name: string): readonly string[] => readWanted(policies(), name, email, clock.now());
  if (account !== null) {
    const wanted = wantedIn(fileOf(account));
    if (does === 'take') expect(wanted, `${words}: policy grants it`).not.toContain(role);
    if (does === 'remove') expect(wanted, `${words}: policy grants access`).toEqual([]);
    if (does === 'give' && !taken.has(`${email} ${role} ${account}`)) expect(wanted, `${words}: policy does not grant it`).toContain(role);
    return;
  }
  const managed = readAccountFiles(policies()).filter(({ file }) => file.api === 'organization');
  const anywhere = managed.flatMap(({ name }) => wantedIn(name));
  if (does === 'end') {
    expect(anywhere, `${words}: policy grants access`).toEqual([]);
    const inside = twilio.accounts.map((name) => twilio.state(name)).filter(({ organization }) => organization !== null);
    const held = inside.flatMap(({ people }) => people.filter((one) => one.email === email).flatMap((one) => one.roles));
    expect(held, `${words}: roles are left somewhere in the organization`).toEqual([]);
  }
  if (does === 'make') {
    expect(
      twilio.state(MAIN).people.filter((one) => one.email === email),
      `${words}: there is a login already`,
    ).toEqual([]);
  }
  if (does === 'make' || does === 'activate') expect(anywhere, `${words}: policy grants nothing`).not.toEqual([]);
}

interface IntentRecord {
  readonly kind: string;
  readonly account: string;
  readonly principal?: string;
  readonly change: string | { readonly id: string; readonly principal: string; readonly action: string };
  readonly parts?: readonly Part[];
  readonly part?: Part;
}

/** The newest intent of this person has no outcome yet, and this request is one of its parts, or gives back what one of them took. */
function judgeIntent({ account, email, does, role, words }: Write, ledger: string): void {
  const records = ledger
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line): IntentRecord[] => (line.endsWith('}') ? [JSON.parse(line) as IntentRecord] : []));
  const mine = records.filter((one) => (account === null || one.account === account) && whoseIs(one) === email.toLowerCase());
  const at = mine.findLastIndex((one) => one.kind === 'intent');
  const intent = mine[at];
  expect(intent, `${words}: no intent is in the ledger`).toBeDefined();
  const later = mine.slice(at + 1).filter((one) => one.kind === 'outcome' && one.account === intent?.account);
  expect(later, `${words}: the newest intent has an outcome already`).toEqual([]);
  const parts = intent?.parts;
  if (parts === undefined) return;
  const said = { make: 'invite', give: 'assign', take: 'unassign', activate: 'patch', rename: 'patch', end: 'delete' };
  const part = said[does as keyof typeof said];
  const isPart = parts.some((one) => one.do === part && (!('role' in one) || one.role === role));
  const givesBack = does === 'give' && parts.some((one) => one.do === 'unassign' && one.role === role);
  expect(isPart || givesBack, `${words}: no part of ${JSON.stringify(parts)}`).toBe(true);
}

function whoseIs({ principal, change }: IntentRecord): string {
  return principal ?? (typeof change === 'object' && change !== null ? change.principal : '');
}

/** The account of policy that a scope belongs to: its own, or a subaccount that a file fans out to. */
function accountOfScope(scope: string, { twilio, policies }: Watched): PolicyAccount | null {
  const files = readAccountFiles(policies());
  const own = files.find(({ file }) => file.scope === scope);
  if (own !== undefined || !twilio.accounts.some((name) => twilio.state(name).sid === scope)) return own ?? null;
  const { parent } = twilio.state(scope);
  const above = files.find(({ file }) => file.scope === parent && file.subaccounts === 'all');
  return above === undefined ? null : { name: `${above.name}-${scope.toLowerCase()}`, file: above.file };
}

/** A subaccount that a file fans out to goes by the grants of that file. */
function fileOf(account: string): string {
  return account.replace(/-ac[0-9a-f]{32}$/, '');
}

function emailOf(sid: string, { twilio }: Watched): string {
  for (const name of twilio.accounts) {
    const found = twilio.state(name).people.find((person) => person.sid === sid);
    if (found !== undefined) {
      expect(found.status, `${found.email}: an identity outside the organization is never touched`).not.toBe('external');
      return found.email;
    }
  }
  throw new Error(`nobody has the SID ${sid}`);
}

function short(email: string): string {
  return email.replace(/@acme\.example$/, '');
}
