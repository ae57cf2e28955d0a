import { type LoadedPolicies, loadPolicies } from '../../src/policy/load-policies.ts';
import { capabilitiesOf } from '../../src/provider/capabilities.ts';
import { type Content, memorySource } from './memory-source.ts';

export const SCOPE = `AC${'0a'.repeat(16)}`;
export const OTHER_SCOPE = `AC${'1b'.repeat(16)}`;
export const ORGANIZATION = `OR${'2c'.repeat(16)}`;
export const KEY = `SK${'3d'.repeat(16)}`;

/** A company with one account of each kind in which everything is right: tests break one thing of it. */
export const COMPANY = {
  'accounts/telnyx-production.yaml': 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
  'accounts/telnyx-support.yaml': 'provider: telnyx\napi: organizations\nowner: root@acme.example\nprivileged_groups: [Org admins]\n',
  'accounts/twilio-main.yaml': `provider: twilio\napi: organization\norganization: ${ORGANIZATION}\nscope: ${SCOPE}\nowner: root@acme.example\n`,
  'accounts/twilio-labs.yaml': `provider: twilio\napi: console\nscope: ${OTHER_SCOPE}\nowner: root@acme.example\n`,
  'people/all.yaml': '- email: ada@acme.example\n  name: Ada Lovelace\n- email: grace@acme.example\n  name: Grace Hopper\n',
  'rosters/twilio-labs.yaml': `attested_by: ada@acme.example
attested_on: 2026-11-20
rows:
  - { email: root@acme.example, roles: [owner], status: active }
  - { email: Ada@acme.example, roles: [support, developer], status: active }
  - { email: grace@acme.example, roles: [billing_manager], status: pending }
rotated:
  - { key: ${KEY}, on: 2026-11-19 }
reviewed:
  - { after: leaver@acme.example, on: 2026-11-18 }
`,
} as const;

/** The company with some files replaced, added or (null) taken away, loaded on 22 November 2026. */
export async function loadCompany(changes: Readonly<Record<string, Content | null>> = {}): Promise<LoadedPolicies> {
  const files = Object.entries({ ...COMPANY, ...changes }).flatMap(([path, content]) =>
    content === null ? [] : [[path, content] as const],
  );
  return loadPolicies({
    source: memorySource(Object.fromEntries(files)),
    folder: 'policies',
    today: '2026-11-22',
    capabilitiesOf,
    commit: null,
  });
}

/** Findings as a person reads them: `accounts/twilio-main.yaml:3:1 key-elsewhere: …`. */
export async function said(changes: Readonly<Record<string, Content | null>>): Promise<string[]> {
  const { findings } = await loadCompany(changes);
  return findings.map((one) => `${one.file.replace(/^policies\//, '')}:${one.line}:${one.column} ${one.code}: ${one.message}`);
}
