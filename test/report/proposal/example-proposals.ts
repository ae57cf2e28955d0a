import type { AdoptionInput } from '../../../src/report/proposal/compose-adoption.ts';
import type { ProposalText } from '../../../src/report/proposal/compose-proposal.ts';
import type { RenewalInput, RenewedEnd } from '../../../src/report/proposal/compose-renewal.ts';
import { access, change } from '../build-plan.ts';

export const MARKER = '<!-- rollcall:4711:rollcall/renew-voice-2026-12-01 -->';
const FRAME = {
  marker: MARKER,
  runUrl: 'https://github.com/acme/access/actions/runs/9107',
  at: '2026-11-22T09:07:00.000Z',
} as const;

const placeAt = (line: number) => ({ file: 'policies/teams/voice.yaml', line, column: 36 });

export function end(name: string, line: number, given: Partial<RenewedEnd> = {}): RenewedEnd {
  return {
    account: 'telnyx-production',
    principal: `${name}@acme.example`,
    roles: ['member'],
    until: '2026-12-01',
    places: [placeAt(line)],
    heldOtherwise: false,
    ...given,
  };
}

/** Everything that ends goes on for 90 days, and whose it is may not approve it. */
export function renewal(ends: readonly RenewedEnd[], given: Partial<RenewalInput> = {}): RenewalInput {
  const places = ends.flatMap((one) => one.places);
  return {
    ...FRAME,
    barred: { logins: [], principals: [...new Set(ends.map(({ principal }) => principal))] },
    url: 'https://github.com/acme/access',
    commit: 'b7'.repeat(20),
    renewal: { renewed: places.map((place) => ({ place, from: '2026-12-01', until: '2027-03-01' })), refused: [] },
    ends,
    ...given,
  };
}

/** Two go on, one by two ends at once; one whose membership also holds privilege does not. */
export function manyRenewals(): RenewalInput {
  const grace = end('grace', 7, { places: [placeAt(7), placeAt(12)] });
  const heidi = end('heidi', 9, { account: 'telnyx-support', roles: ['billing'], heldOtherwise: true });
  const olga = end('olga', 10, { places: [placeAt(10), placeAt(12)] });
  const input = renewal([grace, heidi, olga]);
  const why = 'it would let admin in telnyx-production go on for the team voice; privilege takes a pull request that people write';
  return {
    ...input,
    renewal: {
      renewed: input.renewal.renewed.filter(({ place }) => place.line !== 10),
      refused: [{ place: placeAt(10), why }],
    },
  };
}

export function renewals(count: number): RenewalInput {
  return renewal(Array.from({ length: count }, (_, at) => end(`person-${at}`, at + 1)));
}

const lowered = change({
  action: 'patch',
  principal: 'grace@acme.example',
  before: access('member'),
  after: access('admin'),
  origin: 'drift',
  reason_code: 'lowered',
  risk: 'high',
  tags: ['drift_lost'],
});
const vanished = change({
  action: 'invite',
  principal: 'ivan@acme.example',
  after: access('member', { status: 'invited' }),
  origin: 'drift',
  reason_code: 'vanished',
  tags: ['drift_lost'],
});
const guest = change({
  action: 'delete',
  principal: 'peggy@partner.example',
  before: access('member'),
  origin: 'drift',
  reason_code: 'stranger',
  risk: 'medium',
  tags: ['drift_gained'],
});
const raised = change({
  action: 'patch',
  principal: 'mallory@acme.example',
  before: access('admin'),
  after: access('member'),
  origin: 'drift',
  reason_code: 'raised',
  risk: 'high',
  tags: ['drift_gained'],
});

/** People deleted or lowered in the console; nobody gains by it. */
export function lostAdoption(): AdoptionInput {
  return {
    ...FRAME,
    barred: { logins: ['ada'], principals: ['trent@acme.example'] },
    adoption: { adopted: [vanished, lowered], refused: [] },
    likely: new Map([[lowered.id, { actor: 'trent@acme.example', at: '2026-11-22T02:41:00.000Z' }]]),
  };
}

/** A guest who stays, and privilege that does not get in. */
export function guestAdoption(): AdoptionInput {
  const elsewhere = { ...guest, id: 'sha256:2', account: 'telnyx-support', principal: 'ruth@partner.example' };
  return {
    ...FRAME,
    barred: { logins: ['ada'], principals: ['trent@acme.example', 'peggy@partner.example', 'ruth@partner.example'] },
    adoption: {
      adopted: [guest, elsewhere],
      refused: [
        {
          change: raised,
          why: 'privilege that somebody gained in the account is never adopted; it takes a pull request that people write',
        },
      ],
    },
    likely: new Map([guest, raised].map(({ id }) => [id, { actor: 'trent@acme.example', at: '2026-11-22T02:41:00.000Z' }])),
  };
}

export function adoptions(count: number): AdoptionInput {
  const many = Array.from({ length: count }, (_, at) => ({ ...guest, id: `sha256:${at}`, principal: `guest-${at}@partner.example` }));
  return {
    ...guestAdoption(),
    barred: { logins: ['ada'], principals: many.map(({ principal }) => principal) },
    adoption: {
      adopted: many,
      refused: many.map((one) => ({ change: { ...one, principal: `no-${one.principal}` }, why: 'policy says something else by now' })),
    },
  };
}

/** As a file: the commit below the pull request. */
export function wholeText({ title, body, message }: ProposalText): string {
  return `${title}\n\n${body}\n~~~ commit\n${message}`;
}
