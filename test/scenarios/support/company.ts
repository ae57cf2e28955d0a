/** Policies by path, as a scenario holds them; a team of its own for every role and account. */
export type Policies = Record<string, string>;

export interface CompanyAccount {
  readonly admin?: readonly string[];
  readonly member?: readonly string[];
  /** More lines of the account file. */
  readonly settings?: string;
}

export const PRODUCTION = 'telnyx-production';
export const SUPPORT = 'telnyx-support';
export const OWNER = 'root@acme.example';

/** `ada` is `ada@acme.example`; a whole address stays as it is. */
export function address(person: string): string {
  return person.includes('@') ? person : `${person}@acme.example`;
}

/** `ada@acme.example` is called Ada. */
export function nameOf(person: string): string {
  const [stem = ''] = person.split('@');
  return stem.charAt(0).toUpperCase() + stem.slice(1);
}

/** A small company: its people are whoever holds a role, and the `others`. A person may be written `ada until 2026-12-01`. */
export function company(accounts: Readonly<Record<string, CompanyAccount>>, others: readonly string[] = []): Policies {
  const policies: Policies = {};
  const people = new Set<string>(others);
  for (const [account, { admin = [], member = [], settings = '' }] of Object.entries(accounts)) {
    policies[`accounts/${account}.yaml`] = `provider: telnyx\napi: sub-users\nowner: ${OWNER}\n${settings}`;
    for (const [role, holders] of [['admin', admin] as const, ['member', member] as const]) {
      for (const holder of holders) people.add(holder.split(' ')[0] ?? '');
      if (holders.length > 0) policies[`teams/${account}-${role}.yaml`] = team(account, role, holders);
    }
  }
  policies['people/everybody.yaml'] = peopleFile([...people]);
  return policies;
}

export function team(account: string, role: string, holders: readonly string[], until?: string): string {
  const members = holders.map((holder) => {
    const [person = '', , day] = holder.split(' ');
    return day === undefined ? `  - ${address(person)}` : `  - { email: ${address(person)}, until: ${day} }`;
  });
  const end = until === undefined ? '' : `, until: ${until}`;
  return `members:\n${members.join('\n')}\ngrants:\n  - { account: ${account}, role: ${role}, reason: Needs it for work (OPS-1)${end} }\n`;
}

export function peopleFile(people: readonly string[]): string {
  return people.map((person) => `- email: ${address(person)}\n  name: ${nameOf(person)}\n`).join('');
}

export function approval(account: string, deletes: number, expires: string): string {
  return `account: ${account}\ndeletes: ${deletes}\nreason: Programme ended (HR-221)\nexpires: ${expires}\n`;
}

/** `p01 … p25`, for crowds. */
export function crowd(count: number, prefix = 'p'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`);
}
