import type { Policies } from '../scenarios/support/company.ts';

/** Who holds which roles in one account by policy, and until when (a day) where it ends. */
export type Grants = ReadonlyMap<string, { readonly roles: readonly string[]; readonly until: string | null }>;

export interface SimAccount {
  readonly name: string;
  readonly kind: 'telnyx' | 'twilio';
  readonly guards: { readonly max_deletes: number; readonly min_admins: number };
  readonly invites: { readonly per_hour: number; readonly open: number };
}

/** One commit of the policies. */
export interface SimPolicy {
  readonly number: number;
  readonly grants: ReadonlyMap<string, Grants>;
  /** Accounts whose delete budget an approval lifts, and until when it holds (a day). */
  readonly approvals: ReadonlyMap<string, string>;
  readonly files: Policies;
}

export const OWNER = 'root@acme.example';
export const ORGANIZATION = `OR${'2c'.repeat(16)}`;
export const SCOPE = `AC${'0a'.repeat(16)}`;

/** An admin of Telnyx is a member who may do more: with both words, to be lowered is to lose one of them. */
export function withLesser(roles: readonly string[]): readonly string[] {
  return roles.includes('admin') ? ['admin', 'member'] : roles;
}

/** The roles somebody has by policy on a day, as a vendor's truth has them; none when there is no grant, or when it has ended. */
export function rolesOn(policy: SimPolicy, account: string, email: string, day: string): readonly string[] {
  const grant = policy.grants.get(account)?.get(email);
  return grant === undefined || (grant.until !== null && grant.until < day) ? [] : withLesser(grant.roles);
}

/** What `renderPolicies` makes of them is what a person would have written: accounts, people, a team for every role. */
export function writePolicy(
  number: number,
  accounts: readonly SimAccount[],
  grants: SimPolicy['grants'],
  approvals: SimPolicy['approvals'],
): SimPolicy {
  const files: Policies = {};
  const people = new Set<string>();
  for (const account of accounts) {
    files[`accounts/${account.name}.yaml`] = accountFile(account);
    const held = grants.get(account.name) ?? new Map();
    const byRole = new Map<string, string[]>();
    for (const [email, { roles, until }] of held) {
      people.add(email);
      for (const role of roles) {
        const members = byRole.get(role) ?? [];
        members.push(until === null ? `  - ${email}\n` : `  - { email: ${email}, until: ${until} }\n`);
        byRole.set(role, members);
      }
    }
    for (const [role, members] of byRole) {
      files[`teams/${account.name}-${role.replace('_', '-')}.yaml`] =
        `members:\n${members.join('')}grants:\n  - { account: ${account.name}, role: ${role}, reason: Needs it for work (OPS-1) }\n`;
    }
  }
  files['people/everybody.yaml'] = [...people].map((email) => `- email: ${email}\n  name: ${nameOf(email)}\n`).join('');
  for (const [account, expires] of approvals) {
    files[`approvals/${account}.yaml`] = `account: ${account}\ndeletes: 50\nreason: Programme ended (HR-221)\nexpires: ${expires}\n`;
  }
  return { number, grants, approvals, files };
}

/** `p1@acme.example` is called P1 One. */
export function nameOf(email: string): string {
  return `${email.charAt(0).toUpperCase()}${email.slice(1, email.indexOf('@'))} One`;
}

function accountFile({ kind, guards, invites }: SimAccount): string {
  const limits = `guards: { max_deletes: ${guards.max_deletes}, min_admins: ${guards.min_admins} }\n`;
  return kind === 'telnyx'
    ? `provider: telnyx\napi: sub-users\nowner: ${OWNER}\n${limits}invites: { per_hour: ${invites.per_hour}, open: ${invites.open} }\n`
    : `provider: twilio\napi: organization\norganization: ${ORGANIZATION}\nscope: ${SCOPE}\nowner: ${OWNER}\n${limits}`;
}
