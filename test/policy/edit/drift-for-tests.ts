import { isEmpty } from '../../../src/holding.ts';
import type { AccountHistory, Capabilities, Change, DesiredState, LivePrincipal, Plan, Reading } from '../../../src/model.ts';
import { EMPTY_HISTORY, makePlan } from '../../../src/plan/make-plan.ts';
import { type Adoption, adoptDrift } from '../../../src/policy/edit/adopt-drift.ts';
import { loadTexts } from '../../../src/policy/edit/open-context.ts';
import type { LoadedPolicies } from '../../../src/policy/load-policies.ts';
import { TELNYX_SUB_USERS } from '../../../src/provider/telnyx/telnyx-capabilities.ts';
import { compareText, digestOf } from '../../../src/text/digest.ts';
import type { Attribution } from '../../../src/watch.ts';

export const TODAY = '2026-11-23';
const AT = `${TODAY}T09:00:00.000Z`;
export const PRODUCTION = 'telnyx-production';
export const SUPPORT = 'telnyx-support';

export type Files = Readonly<Record<string, string>>;
/** What somebody made of people in an account: a role, no access (null), or more. By the whole address. */
export type Meddling = Readonly<Record<string, Readonly<Record<string, string | null | Partial<LivePrincipal>>>>>;

const ACCOUNT = 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n';

/** Two accounts and five people; a test adds the teams. */
export function companyWith(files: Files): Files {
  const people = ['Ada', 'Bob', 'Cleo', 'Dan', 'Zoe'].map((name) => `- email: ${name.toLowerCase()}@acme.example\n  name: ${name}\n`);
  return {
    [`accounts/${PRODUCTION}.yaml`]: ACCOUNT,
    [`accounts/${SUPPORT}.yaml`]: ACCOUNT,
    'people/everybody.yaml': people.join(''),
    ...files,
  };
}

export function inputOf(files: Files, capabilities: Capabilities = TELNYX_SUB_USERS) {
  return { texts: new Map(Object.entries(files)), folder: 'policies', today: TODAY, capabilitiesOf: () => capabilities };
}

export function loadFiles(files: Files, today = TODAY, capabilities = TELNYX_SUB_USERS): Promise<LoadedPolicies> {
  const input = { ...inputOf(files, capabilities), today };
  return loadTexts(input, input.texts);
}

export async function desiredBy(files: Files, today = TODAY, capabilities = TELNYX_SUB_USERS): Promise<DesiredState> {
  const { desired, findings } = await loadFiles(files, today, capabilities);
  if (desired === null) throw new Error(JSON.stringify(findings.filter((one) => one.severity === 'error')));
  return desired;
}

/** The plan of a drift run: policy `then` was applied, somebody meddled, and policy says `now`. */
export async function planDrift(
  then: Files,
  meddling: Meddling,
  now: Files = then,
  capabilities: Capabilities = TELNYX_SUB_USERS,
): Promise<Plan> {
  const [before, desired] = [await desiredBy(then, TODAY, capabilities), await desiredBy(now, TODAY, capabilities)];
  const readings = new Map([...before.accounts].map(([name]) => [name, read(name, before, meddling)]));
  const accounts = new Map([...before.accounts].map(([name]) => [name, remember(name, before)]));
  return makePlan({
    mode: 'drift',
    version: '0.1.0',
    desired,
    base: null,
    readings,
    history: { accounts, commit: null, proposals: new Map() },
    capabilitiesOf: () => capabilities,
    ancestry: { head: null, lastApplied: null, descends: null },
    whole: true,
  });
}

function holders(name: string, desired: DesiredState) {
  return [...(desired.accounts.get(name)?.principals.values() ?? [])].filter((one) => !isEmpty(one.holding));
}

function read(name: string, desired: DesiredState, meddling: Meddling): Reading {
  const live = new Map(holders(name, desired).map((one) => [one.principal, { ...liveOf(one.principal, one.name, ''), ...one.holding }]));
  for (const [principal, what] of Object.entries(meddling[name] ?? {})) {
    const known = live.get(principal) ?? liveOf(principal, principal.split('@')[0] ?? '', 'member');
    if (what === null) live.delete(principal);
    else live.set(principal, typeof what === 'string' ? { ...known, roles: [what] } : { ...known, ...what });
  }
  const principals = [...live.values()].toSorted((a, b) => compareText(a.principal, b.principal));
  const facts = { account: name, provider: 'telnyx', api: 'sub-users', requests: 1, source: 'live' } as const;
  return { kind: 'complete', observation: { ...facts, at: AT, principals, digest: digestOf(principals) } };
}

function liveOf(principal: string, name: string, role: string): LivePrincipal {
  return { principal, principal_id: `id-${principal}`, status: 'active', name, since: null, roles: [role], groups: [] };
}

function remember(name: string, desired: DesiredState): AccountHistory {
  const lastApplied = new Map(
    holders(name, desired).map((one) => [one.principal, { ...one.holding, name: one.name, status: 'active' as const }]),
  );
  return { ...EMPTY_HISTORY, recorded: true, lastApplied, baseline: new Map() };
}

export interface Told {
  readonly adoption: Adoption;
  /** All files after the adoption. */
  readonly files: Files;
  /** The files that are another or new. */
  readonly written: Files;
  /** `bob@acme.example: policy says something else by now`. */
  readonly refused: readonly string[];
}

/** Somebody meddles, a drift run finds it, and it is adopted. */
export async function adoptAfter(
  files: Files,
  meddling: Meddling,
  actor: string | null = null,
  capabilities?: Capabilities,
): Promise<Told> {
  const { changes } = await planDrift(files, meddling, files, capabilities);
  return adoptChanges(files, changes, actor, capabilities);
}

export async function adoptChanges(
  files: Files,
  changes: readonly Change[],
  actor: string | null = null,
  capabilities?: Capabilities,
): Promise<Told> {
  const likely: Attribution | null = actor === null ? null : { actor, at: AT };
  const adoption = await adoptDrift({ ...inputOf(files, capabilities), drift: changes.map((change) => ({ change, likely })) });
  const written = Object.fromEntries(adoption.files);
  return {
    adoption,
    files: { ...files, ...written },
    written,
    refused: adoption.refused.map(({ change, why }) => `${change.principal}: ${why}`),
  };
}
