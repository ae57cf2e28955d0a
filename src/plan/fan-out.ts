import type { DesiredAccount, DesiredState, Observation, Reading, Subaccount } from '../model.ts';

const DERIVED = /^(.+)-(ac[0-9a-f]{32})$/;

/** The name of a subaccount that an account file fans out to. It says whose and which, so that it stays the same from run to run. */
export function nameSubaccount(file: string, { sid }: Pick<Subaccount, 'sid'>): string {
  return `${file}-${sid.toLowerCase()}`;
}

/**
 * Access by policy with every managed account below an account of `subaccounts: all` beside it: the same grants and settings hold there,
 * and guards, history and plan are its own. What was not read this time fans out to nothing, and is planned by nobody.
 */
export function fanOut(desired: DesiredState, readings: ReadonlyMap<string, Reading>): DesiredState {
  const observed = new Map<string, Observation>();
  for (const [account, reading] of readings) if (reading.kind === 'complete') observed.set(account, reading.observation);
  return fanOutTo(desired, (account) => observed.get(account)?.subaccounts ?? []);
}

export function fanOutTo(desired: DesiredState, subaccountsOf: (account: string) => readonly Pick<Subaccount, 'sid'>[]): DesiredState {
  const scopes = new Set([...desired.accounts.values()].map(({ policy }) => policy.scope?.toLowerCase()));
  const derived: [string, DesiredAccount][] = [];
  for (const [name, account] of desired.accounts) {
    if (account.policy.subaccounts !== 'all') continue;
    for (const sub of subaccountsOf(name)) {
      const named = nameSubaccount(name, sub);
      // A subaccount with an account file of its own goes by that, and no file is ever replaced.
      if (!scopes.has(sub.sid.toLowerCase()) && !desired.accounts.has(named)) derived.push([named, deriveAccount(account, sub)]);
    }
  }
  if (derived.length === 0) return desired;
  return { ...desired, accounts: new Map([...desired.accounts, ...derived]) };
}

function deriveAccount(account: DesiredAccount, { sid }: Pick<Subaccount, 'sid'>): DesiredAccount {
  const { policy } = account;
  return { ...account, policy: { ...policy, name: nameSubaccount(policy.name, { sid }), scope: sid, subaccounts: 'none' } };
}

/** An account of a state, also one that another fans out to. */
export function accountOf(desired: DesiredState | null | undefined, name: string): DesiredAccount | undefined {
  const known = desired?.accounts.get(name);
  if (known !== undefined || desired === null || desired === undefined) return known;
  const derived = derivedFrom(name, desired);
  const above = derived === null ? undefined : desired.accounts.get(derived.file);
  return above === undefined || derived === null ? undefined : deriveAccount(above, derived);
}

/** The account file that a name of this shape would be fanned out by; null for any other name. Whether there is such a file is another matter. */
export function fileOfSubaccount(name: string): string | null {
  return DERIVED.exec(name)?.[1] ?? null;
}

/** The account file and the SID that a derived name stands for; null for any other name. */
export function derivedFrom(name: string, desired: DesiredState): { readonly file: string; readonly sid: string } | null {
  const [, file = '', sid = ''] = DERIVED.exec(name) ?? [];
  return desired.accounts.get(file)?.policy.subaccounts === 'all' ? { file, sid: `AC${sid.slice(2)}` } : null;
}

/**
 * The subaccounts that the ledger knows below an account and that a whole list does not have any more. A list states no total, so by it
 * alone nothing is let go of: what is known of them stays until policy says otherwise.
 */
export function findGone(desired: DesiredState, readings: ReadonlyMap<string, Reading>, known: Iterable<string>): readonly string[] {
  return [...known].filter((name) => {
    const derived = desired.accounts.has(name) ? null : derivedFrom(name, desired);
    const above = derived === null ? undefined : readings.get(derived.file);
    return above?.kind === 'complete' && above.observation.subaccounts !== undefined;
  });
}

/**
 * Whether a subaccount goes on being watched through the account above: its file still stands, and a list that may be short lets go of
 * nobody. It does not once it has a file of its own, and where a pull request (`formerly`: the policies it left from) switches that off.
 */
export function standsBelow(name: string, desired: DesiredState, formerly: DesiredState | null): boolean {
  const derived = derivedFrom(name, desired);
  if (derived === null) return false;
  const hasFile = [...desired.accounts.values()].some(({ policy }) => policy.scope?.toLowerCase() === derived.sid.toLowerCase());
  return formerly === null ? !hasFile : hasFile || !formerly.accounts.has(name);
}
