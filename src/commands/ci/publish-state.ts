import type { Seal } from '../../apply/open-ledger.ts';
import { sealDocument } from '../../apply/seal-document.ts';
import { livePath, type StateBranch } from '../../github/open-state-branch.ts';
import type { Reading } from '../../model.ts';
import { digestOfObservations } from '../../provider/check-observation.ts';
import { VERSION } from '../../version.ts';

/** The newest complete read of every account, signed, for plans that hold no credential. `lost`: others were faster again and again. */
export async function publishState(branch: StateBranch, seal: Seal, readings: ReadonlyMap<string, Reading>): Promise<'stored' | 'lost'> {
  for (const [account, reading] of readings) {
    if (reading.kind !== 'complete') continue;
    const { observation } = reading;
    const observations = [{ ...observation, source: observation.source === 'roster' ? observation.source : ('live' as const) }];
    const body = {
      format_version: '1.0',
      tool: { name: 'rollcall', version: VERSION },
      observations,
      digest: digestOfObservations(observations),
    };
    branch.put(livePath(account), sealDocument('observation', body, seal));
  }
  return branch.flush();
}
