import type { Capabilities, Probe, ProbedAbility } from '../model.ts';

/** One row of the capability matrix, for one kind of account. */
export interface CapabilityRow {
  readonly what: string;
  readonly declared: string;
  /** What the probes of all accounts of this kind came to; null where none of them tried it. */
  readonly probed: 'yes' | 'no' | null;
}

const NONE = '–';

/** What a kind of account can do, as declared, and as the accounts of that kind said when they were probed. */
export function listCapabilities(capabilities: Capabilities, probes: readonly Probe[]): CapabilityRow[] {
  const { api, provider, invitations, invite, patch, groups, impliedRole, keysListed, manualSteps } = capabilities;
  const fromRoster = api === 'console';
  const resend = manualSteps.resend('').length > 0;
  const rows: [what: string, declared: string, ability: RegExp | null][] = [
    ['list people', fromRoster ? 'from a roster' : 'api', LISTING],
    ['see open invitations', invitations ? (fromRoster ? 'from a roster' : 'api') : NONE, LISTING],
    ['invite', invite, /^invite/],
    ['resend an invitation', resend ? 'manual' : NONE, null],
    ['change a role', impliedRole === null ? patch : NONE, /^change roles/],
    ['change a group', groups ? patch : NONE, /^change groups/],
    ['delete', capabilities.delete, /^delete/],
    ['keys left behind', keysListed ? 'api list, manual' : 'manual', /^list API keys/],
    ['who did it', provider === 'telnyx' ? 'audit events' : 'monitor events', /events/],
    ['owner transfer', 'manual', null],
  ];
  const abilities = probes.flatMap((probe) => probe.abilities);
  return rows.map(([what, declared, ability]) => ({
    what,
    declared,
    probed: ability === null || !BY_API.test(declared) ? null : probedOf(abilities.filter((one) => ability.test(one.what))),
  }));
}

/** What a complete read needs: without any one of them nobody knows who is there. */
export const LISTING = /^list (people|roles|role assignments)$/;
/** Only what an API does can be probed. */
const BY_API = /^api|events$/;

function probedOf(abilities: readonly ProbedAbility[]): CapabilityRow['probed'] {
  if (abilities.some(({ answer }) => answer === 'no')) return 'no';
  return abilities.some(({ answer }) => answer === 'yes') ? 'yes' : null;
}
