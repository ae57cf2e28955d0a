import { chainRecord } from '../../src/apply/chain-record.ts';
import type { DatedEntry, LedgerRecord } from '../../src/apply/ledger-records.ts';
import { openFileStorage } from '../../src/apply/open-file-storage.ts';
import type { Seal } from '../../src/apply/open-ledger.ts';
import type { Disk, LedgerStorage } from '../../src/ports.ts';
import { company, type Policies } from '../scenarios/support/company.ts';
import { openMemoryDisk } from '../simulation/memory-disk.ts';
import { LEDGER, openOffice } from './open-office.ts';

const ACCOUNT = 'telnyx-production';
let pids = 1_000;
/** A stranger's name with letters of one, two, three and four bytes, a line separator, and what looks like the end of a record. */
const NAME = `Zoë 李 🚀 \u2028","hash":"sha256:${'0'.repeat(64)}"}`;
export const LOOKS_LIKE_THE_END = JSON.stringify(NAME).slice(1, -1);

/** The ledger's file as a process of its own meets it: every other process is dead. */
export function openStorage(disk: Disk, pid = ++pids, isAlive = (other: number) => other === pid): LedgerStorage {
  return openFileStorage(LEDGER, { pid, host: 'here', isAlive, newId: () => `id${pid}` }, disk);
}

/** What about forty records say after a month in a small company: people come, go, rise, and somebody meddles in the portal. */
export async function makeRealLedger(): Promise<string> {
  const disk = openMemoryDisk();
  disk.put('/repository/README.md', '');
  const office = openOffice(people(['ada', 'zoe'], ['bob', 'cleo']), {
    [ACCOUNT]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'],
  });
  const run = async (errand: 'apply' | 'revert', wellEnds = 0) => {
    const ended = await office.run(errand, { storage: openStorage(disk) });
    if (ended.exit !== wellEnds) throw new Error(ended.said);
    office.minutes(90);
  };
  const portal = office.world.portal(ACCOUNT);
  await run('apply');
  office.setPolicies(people(['ada', 'zoe', 'bob'], ['new', 'cleo']));
  await run('apply');
  portal.accept('new@acme.example');
  portal.setRole('cleo@acme.example', 'admin');
  portal.inviteByPortal('mallory@elsewhere.example', 'admin', NAME);
  await run('revert');
  office.setPolicies(people(['ada', 'zoe'], ['bob', 'new', 'yan']));
  await run('apply');
  portal.deleteByPortal('new@acme.example');
  await run('apply');
  office.setPolicies(people(['ada', 'zoe'], ['yan']));
  await run('apply');
  office.setPolicies(people(['ada', 'zoe'], ['yan', 'dee', 'eli']));
  office.world.faults.add({ kind: 'status', status: 500, match: { method: 'POST' } });
  await run('apply', 6);
  await run('apply');
  return disk.text(LEDGER) ?? '';
}

function people(admin: readonly string[], member: readonly string[]): Policies {
  return company({ [ACCOUNT]: { admin, member } });
}

/** The same entries, chained anew as a run with this seal would have written them. */
export function sealLedger(records: readonly LedgerRecord[], seal: Seal | null): string {
  let sealed = '';
  let before: LedgerRecord | null = null;
  for (const { v, seq, prev, hash, ...entry } of records) {
    const { line, record } = chainRecord(entry as DatedEntry, before, seal);
    sealed += `${line}\n`;
    before = record;
  }
  return sealed;
}
