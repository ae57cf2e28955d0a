import type { History, LivePrincipal, Observation, Plan, Reading } from '../../../src/model.ts';
import { EMPTY_HISTORY, makePlan } from '../../../src/plan/make-plan.ts';
import { listLeftAlone } from '../../../src/plan/settle-account.ts';
import { loadTexts } from '../../../src/policy/edit/open-context.ts';
import { importAccess } from '../../../src/policy/import/import-access.ts';
import type { Imported } from '../../../src/policy/import/imported.ts';
import { capabilitiesOf } from '../../../src/provider/capabilities.ts';
import { compareText, digestOf } from '../../../src/text/digest.ts';
import { ORGANIZATION, OTHER_SCOPE, SCOPE } from '../four-kinds.ts';

export const TODAY = '2026-11-22';
const AT = `${TODAY}T09:00:00.000Z`;
const NO_HISTORY: History = { accounts: new Map(), commit: null, proposals: new Map() };

export type Files = Readonly<Record<string, string>>;
export type Live = Readonly<Record<string, readonly LivePrincipal[]>>;

/** An account of each kind; the console account has a roster, since nothing else tells who is there. */
export const ACCOUNTS = {
  'accounts/telnyx-production.yaml': 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
  'accounts/telnyx-support.yaml': 'provider: telnyx\napi: organizations\nowner: root@acme.example\nprivileged_groups: [Org admins]\n',
  'accounts/twilio-labs.yaml': `provider: twilio\napi: console\nscope: ${OTHER_SCOPE}\nowner: root@acme.example\n`,
  'accounts/twilio-main.yaml': `provider: twilio\napi: organization\norganization: ${ORGANIZATION}\nscope: ${SCOPE}\nowner: root@acme.example\n`,
} as const satisfies Files;

/** `ada` is `ada@acme.example`; a whole address stays as it is. */
export function person(who: string, holds: readonly string[], more: Partial<LivePrincipal> = {}): LivePrincipal {
  const principal = who.includes('@') ? who : `${who}@acme.example`;
  return {
    principal,
    principal_id: `id-${principal}`,
    status: 'active',
    name: '',
    since: null,
    roles: holds.filter((word) => !word.startsWith('group:')).toSorted(compareText),
    groups: holds.flatMap((word) => (word.startsWith('group:') ? [word.slice(6)] : [])).toSorted(compareText),
    ...more,
  };
}

function toReading(
  account: string,
  { provider, api, scope }: Pick<Observation, 'provider' | 'api'> & { scope: string | null },
  principals: readonly LivePrincipal[],
): Reading {
  const facts = { account, provider, api, requests: 1, source: 'live' as const, ...(scope === null ? {} : { scope }) };
  return { kind: 'complete', observation: { ...facts, at: AT, principals, digest: digestOf(principals) } };
}

export interface Told {
  readonly imported: Imported;
  /** All files after the import. */
  readonly files: Files;
  /** The files that are another or new. */
  readonly written: Files;
  readonly plan: Plan;
  /** `telnyx-production invite ada@acme.example`. */
  readonly left: readonly string[];
  /** `ada@acme.example in telnyx-production: why`. */
  readonly leftOut: readonly string[];
  readonly decisions: readonly string[];
  /** Codes of everything that `validate` says of the result. */
  readonly findings: readonly string[];
}

/** Imports accounts as they are live into policies, and plans right after. */
export async function importInto(files: Files, live: Live, today = TODAY): Promise<Told> {
  const input = { texts: new Map(Object.entries(files)), folder: 'policies', today, capabilitiesOf };
  const { desired: before, findings: wrong } = await loadTexts(input, input.texts);
  if (before === null) throw new Error(JSON.stringify(wrong));
  const readings = new Map<string, Reading>();
  const accounts = Object.entries(live).map(([name, principals]) => {
    const desired = before.accounts.get(name);
    const capabilities = desired === undefined ? null : capabilitiesOf(desired.policy);
    if (desired === undefined || capabilities === null) throw new Error(`no account ${name}`);
    const reading = toReading(name, desired.policy, principals);
    readings.set(name, reading);
    const observation = reading.kind === 'complete' ? reading.observation : null;
    if (observation === null) throw new Error('never');
    return { observation, leftAlone: listLeftAlone({ desired, observation, capabilities, history: EMPTY_HISTORY }) };
  });
  const imported = await importAccess({ ...input, accounts });
  if (imported.kind === 'fault') throw new Error(imported.why);
  const after = new Map([...input.texts, ...imported.files]);
  const plan = makePlan({
    mode: 'change',
    version: '0.1.0',
    desired: imported.desired,
    base: null,
    readings,
    history: NO_HISTORY,
    capabilitiesOf,
    ancestry: { head: null, lastApplied: null, descends: null },
    whole: true,
  });
  return {
    imported,
    files: Object.fromEntries(after),
    written: Object.fromEntries(imported.files),
    plan,
    left: plan.changes.map(({ account, action, principal }) => `${account} ${action} ${principal}`),
    leftOut: imported.leftOut.map(({ account, principal, why }) => `${principal} in ${account}: ${why}`),
    decisions: imported.decisions.map(
      ({ account, principal, says }) => `${[principal, account].filter((one) => one !== null).join(' in ')}: ${says}`,
    ),
    findings: imported.findings.map(({ severity, code }) => `${severity} ${code}`),
  };
}
