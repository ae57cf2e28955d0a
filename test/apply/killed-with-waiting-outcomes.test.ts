import { expect, test } from 'vitest';
import { openLedger, parseLedger } from '../../src/apply/open-ledger.ts';
import type { Http, LedgerStorage } from '../../src/ports.ts';
import { createDeath } from '../support/create-death.ts';
import { applyChanges, deleteOf, inviteOf, patchOf, personOf, settleByReading } from '../support/ledger-world.ts';
import { ACCOUNT, manyUsers, openProviderWorld } from '../support/provider-world.ts';
import { makeSeal, openSharedStorage } from './signed-world.ts';

const seal = makeSeal();
const CHANGES = [
  patchOf(personOf(1), { role: 'member' }),
  deleteOf(personOf(3)),
  patchOf(personOf(2), { role: 'admin' }),
  inviteOf('new@acme.example'),
  inviteOf('other@acme.example', 'admin'),
];
const BATCH = 2;

test.each(['before', 'after'] as const)(
  'killed %s each push and each request in turn, the next run finds what was done by reading and does nothing twice',
  async (how) => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      const storage = openSharedStorage();
      let wrap = (http: Http): Http => http;
      const world = openProviderWorld({ users: manyUsers(3), wrap: (http) => ({ ...http, send: (request) => wrap(http).send(request) }) });
      const death = createDeath(at, how);
      wrap = (http) => ({ ...http, send: (request) => death.step(() => http.send(request)) });
      const mortal: LedgerStorage = { ...storage, append: (lines, version) => death.step(() => storage.append(lines, version)) };

      const first = async () => {
        const ledger = await openLedger('rollcall-state', mortal, world.clock, seal);
        await applyChanges(CHANGES, { provider: world.provider, ledger, clock: world.clock, intentsPerAppend: BATCH });
        await ledger.close();
        return 'ended' as const;
      };
      const ended = await Promise.race([first(), death.died]);

      wrap = (http) => http;
      world.clock.advance(11 * 60_000);
      const ledger = await openLedger('rollcall-state', storage, world.clock, seal);
      await settleByReading(world.reopen(), ledger);
      const done = ledger.history().accounts.get(ACCOUNT)?.lastApplied ?? new Map();
      const left = CHANGES.filter((change) => !done.has(change.principal));
      await applyChanges(left, { provider: world.reopen(), ledger, clock: world.clock, intentsPerAppend: BATCH });
      await ledger.close();

      const where = `killed ${how} step ${at}`;
      expect(world.vendor.requests.filter((request) => request.mutating && request.applied).length, where).toBe(CHANGES.length);
      const again = await openLedger('rollcall-state', storage, world.clock, seal);
      const history = again.history().accounts.get(ACCOUNT);
      expect([...(history?.lastApplied.keys() ?? [])].toSorted(), where).toEqual(CHANGES.map((change) => change.principal).toSorted());
      expect(history?.openIntents, where).toEqual([]);
      expect(history?.spentDeletes.length, where).toBe(1);
      expect(parseLedger('rollcall-state', storage.text(), seal).records.length, where).toBeGreaterThan(CHANGES.length);
      if (ended === 'ended') break;
      kills += 1;
    }
    // Three batches, the end, and two or three requests a change.
    expect(kills).toBeGreaterThan(14);
  },
);
