import type { Capabilities } from '../../src/model.ts';
import { type LoadedPolicies, loadPolicies } from '../../src/policy/load-policies.ts';
import type { FileEntry, PolicySource } from '../../src/ports.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';

/** What stands at a path: text, bytes, or something that is no regular file. */
export type Content = string | Uint8Array | { readonly kind: FileEntry['kind'] };

/** Policies held in memory: `{ 'teams/voice.yaml': '…' }`. Opening anything but a regular file throws. */
export function memorySource(files: Readonly<Record<string, Content>>): PolicySource {
  return {
    list: async (folder) => listFolder(files, folder),
    read: async (path) => {
      const content = files[path];
      if (typeof content === 'string') return new TextEncoder().encode(content);
      if (content instanceof Uint8Array) return content;
      throw new Error(`opened ${path}, which is no regular file`);
    },
  };
}

function listFolder(files: Readonly<Record<string, Content>>, folder: string): FileEntry[] | null {
  const prefix = folder === '' ? '' : `${folder}/`;
  const entries = new Map<string, FileEntry>();
  for (const [path, content] of Object.entries(files)) {
    if (!path.startsWith(prefix)) continue;
    const [name = '', ...deeper] = path.slice(prefix.length).split('/');
    if (deeper.length > 0) entries.set(name, { name, kind: 'folder', bytes: 0 });
    else if (typeof content === 'object' && 'kind' in content) entries.set(name, { name, kind: content.kind, bytes: 0 });
    else entries.set(name, { name, kind: 'file', bytes: typeof content === 'string' ? Buffer.byteLength(content) : content.length });
  }
  return entries.size === 0 && folder !== '' ? null : [...entries.values()];
}

const TODAY = '2026-11-22';

export const CAPABILITIES: Capabilities = TELNYX_SUB_USERS;

/** A small company in which everything is right: tests break one thing of it. */
export const GOOD = {
  'accounts/telnyx-production.yaml': 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
  'people/engineering.yaml':
    '- email: ada@acme.example\n  name: Ada Lovelace\n- email: grace@acme.example\n  name: Grace Hopper\n  previously: [grace.murray@acme.example]\n',
  'teams/voice.yaml': `members:
  - ada@acme.example
  - { email: grace@acme.example, until: 2027-01-31 }
grants:
  - { account: telnyx-production, role: member, reason: Builds the IVR (OPS-1432) }
`,
} as const;

export async function load(
  files: Readonly<Record<string, Content>>,
  options: { capabilities?: Capabilities; today?: string } = {},
): Promise<LoadedPolicies> {
  return loadPolicies({
    source: memorySource(files),
    folder: 'policies',
    today: options.today ?? TODAY,
    capabilitiesOf: () => options.capabilities ?? CAPABILITIES,
    commit: null,
  });
}

/** The good company with some files replaced, added or (null) taken away. */
export function but(changes: Readonly<Record<string, Content | null>>): Record<string, Content> {
  const files: Record<string, Content> = { ...GOOD };
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) delete files[path];
    else files[path] = content;
  }
  return files;
}

/** Findings as a person reads them: `teams/voice.yaml:6:5 role-unknown`. */
export function places(loaded: LoadedPolicies): string[] {
  return loaded.findings.map((one) => `${one.file.replace(/^policies\//, '')}:${one.line}:${one.column} ${one.code}`);
}
