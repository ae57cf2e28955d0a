import type { Change, Finding } from '../../../src/model.ts';
import type { CommentContent, Needed, PeopleApproval, PullResult, PullView } from '../../../src/pull.ts';
import { digestOf } from '../../../src/text/digest.ts';
import { account, change, guard, PASSING_GUARDS, plan } from '../build-plan.ts';
import { firstPlan, vendorsPlan } from '../example-plans.ts';
import { applyReport } from '../example-reports.ts';

export const HEAD = '1f'.repeat(20);
export const BASE_TIP = 'b7'.repeat(20);
export const URL = 'https://github.com/acme/access';
export const RUN_URL = 'https://github.com/acme/access/actions/runs/9001';
/** When the examples are read: 19 minutes after the accounts were observed. */
const READ_AT = '2026-11-22T09:19:00.000Z';

/** A pull request whose changes are all its own but for drift, with nobody's approval yet. */
export function view(given: Partial<PullView> = {}): PullView {
  const made = given.plan ?? plan();
  const mine = made.changes.filter(({ origin }) => origin !== 'drift');
  return {
    number: 42,
    url: URL,
    on: { head: HEAD, mergeBase: 'a0'.repeat(20), baseTip: BASE_TIP, state: '5e'.repeat(20) },
    plan: made,
    own: new Set(mine.map(({ id }) => id)),
    takenIn: new Set(made.changes.filter(({ origin }) => origin !== 'drift').map(({ id }) => id)),
    touched: new Map(),
    spots: new Map(
      mine.flatMap(({ id, source }) =>
        source === null
          ? []
          : [[id, { commit: HEAD, place: source, reason: 'On call for the voice edge (OPS-1432)', until: null }] as const],
      ),
    ),
    conflicts: [],
    ends: [],
    converged: [],
    unnamed: [],
    settings: [],
    findings: [],
    people: people(),
    heartbeat: { at: '2026-11-22T09:07:00.000Z', late: false, dead: false },
    at: READ_AT,
    stale: false,
    since: null,
    after: null,
    runUrl: RUN_URL,
    ...given,
  };
}

export function planContent(given: Partial<PullView> = {}): CommentContent & { readonly kind: 'plan' } {
  return { kind: 'plan', view: view(given) };
}

/** Nobody approved yet. */
export function people(given: Partial<PeopleApproval> = {}): PeopleApproval {
  return { by: null, needed: [], approved: false, proposal: null, discounted: [], ...given };
}

function needed(given: Partial<Needed> = {}): Needed {
  return {
    account: 'telnyx-production',
    role: 'admin',
    approvers: ['@acme/security', '@grace'],
    changes: ['a', 'b'],
    own: true,
    by: null,
    unknown: null,
    ...given,
  };
}

/** An ordinary pull request: one raised, one deleted, two invited. */
export function smallView(): PullView {
  const changes = firstPlan().changes.filter(({ principal }) => /^(eve|grace|ivan|kate)@/.test(principal));
  return view({
    plan: plan({
      changes,
      accounts: [account()],
      guards: PASSING_GUARDS,
      summary: { privileged_before: 4, privileged_after: 4 },
    }),
    people: people({ by: 'heidi', needed: [needed({ changes: ['a'] })] }),
  });
}

/** Nothing is left to change: what was changed in the account is accepted, and strangers who were there at the baseline stay. */
export function acceptedView(): PullView {
  const at = { account: 'telnyx-production', status: 'active', roles: ['admin'], groups: [] } as const;
  const nobody = { roles: [], groups: [] };
  const source = { file: 'policies/teams/voice.yaml', line: 3, column: 5 };
  const people25 = Array.from({ length: 25 }, (_, index) => `old-${String(index).padStart(2, '0')}@acme.example`);
  return view({
    plan: plan({ guards: PASSING_GUARDS }),
    touched: new Map([['telnyx-production', new Set(['bob@acme.example', 'carol@acme.example', 'dan@acme.example'])]]),
    people: people({ needed: [needed({ changes: [] })] }),
    converged: [
      { ...converged('bob'), before: { ...nobody, roles: ['member'] }, now: { ...nobody, roles: ['admin'] }, alarming: true, source },
      { ...converged('carol'), before: { ...nobody, roles: ['admin'] }, now: { ...nobody, roles: ['member'] }, source },
      { ...converged('dan'), before: { ...nobody, roles: ['member'] }, now: nobody },
    ],
    unnamed: [
      { ...at, principal: 'mallory@evil.example', privileged: true },
      ...people25.map((principal) => ({ ...at, principal, roles: ['member'], privileged: false })),
      { ...at, account: 'telnyx-support', principal: 'trent@acme.example', status: 'invited', roles: ['member'], privileged: false },
    ],
  });
}

function converged(name: string) {
  return { account: 'telnyx-production', principal: `${name}@acme.example`, alarming: false, source: null };
}

/** The small pull request as if rollcall had proposed it, with every reason for which an approval does not count. */
export function proposedView(): PullView {
  const { people: asked, ...rest } = smallView();
  return view({
    ...rest,
    people: people({
      needed: asked.needed,
      proposal: {
        commits: [HEAD],
        logins: ['ada'],
        principals: ['trent@acme.example', 'd3b07384-d9a0-4c9b-8f3a-1f2e3d4c5b6a', 'grace@acme.example'],
      },
      discounted: [
        { login: 'ada', why: 'asked' },
        { login: 'grace', why: 'concerned' },
        { login: 'judy', why: 'unknown' },
      ],
    }),
  });
}

/** Everything that a comment can say at once. */
export function fullView(): PullView {
  const made = firstPlan();
  const principal = (name: string) => (one: Change) => one.principal === `${name}@acme.example`;
  const withheld = change({ action: 'patch', principal: 'sybil@acme.example', tags: ['privilege_gained'], risk: 'high' });
  const changes = [...made.changes, withheld];
  const waiting = new Set(
    changes.filter((one) => one === withheld || principal('leo')(one) || principal('heidi')(one)).map(({ id }) => id),
  );
  const mine = changes.filter(({ id, origin }) => origin !== 'drift' && !waiting.has(id));
  return view({
    plan: { ...made, changes, guards: [...made.guards, passedByApproval()] },
    own: new Set(mine.map(({ id }) => id)),
    people: people({
      by: 'heidi',
      needed: [
        needed(),
        needed({ changes: ['c'], own: false }),
        needed({ account: 'telnyx-support', by: 'grace', changes: ['d'] }),
        needed({
          role: 'member',
          approvers: ['@acme/voice'],
          unknown: 'the token may not read who is in @acme/voice; give ROLLCALL_MEMBERS_TOKEN a token that may read organization members',
        }),
      ],
    }),
    settings: [
      {
        account: 'telnyx-production',
        setting: 'guards.max_deletes',
        before: '3',
        after: '10',
        loosens: true,
        source: { file: 'policies/accounts/telnyx-production.yaml', line: 6, column: 1 },
      },
      {
        account: 'telnyx-sandbox',
        setting: 'account',
        before: 'telnyx sub-users, 12 with grants',
        after: null,
        loosens: true,
        source: null,
      },
      { account: 'telnyx-support', setting: 'names', before: 'invite', after: 'enforce', loosens: false, source: null },
    ],
    findings: [warning(3), warning(12)],
    since: { reviewer: 'heidi', commit: '9c'.repeat(20), more: changes.filter(principal('ada')), fewer: 1 },
    heartbeat: { at: '2026-11-22T03:11:00.000Z', late: true, dead: false },
  });
}

function passedByApproval() {
  return guard({
    guard: 'max_deletes',
    budget: 'policy',
    limit: 3,
    actual: 4,
    account: 'telnyx-support',
    message: '4 deletes and lowered admins; the limit is 3 in 24 hours; covered by an approval with 12 left',
  });
}

function warning(line: number): Finding {
  return {
    file: 'policies/teams/voice.yaml',
    line,
    column: 5,
    code: 'privileged-without-end',
    severity: 'warning',
    message: 'the grant of admin in telnyx-production has no end; add until: with a day',
  };
}

/** Accounts of every kind, with keys that outlive people, a subaccount and a roster that is too old. */
export function vendorsView(): PullView {
  return view({ plan: vendorsPlan() });
}

/** Both the branch and its base changed the same person. */
export function conflictView(): PullView {
  const made = plan({
    changes: [change({ action: 'invite', principal: 'ivan@acme.example' })],
    accounts: [account({ verdict: 'blocked' })],
    verdict: 'blocked',
    guards: [
      guard({
        guard: 'needs_rebase',
        verdict: 'block',
        actual: 1,
        message:
          'grace@acme.example: this branch and its base changed the same access, and not to the same. Merge or rebase onto the base branch and push',
      }),
    ],
  });
  return view({
    plan: made,
    conflicts: [
      {
        account: 'telnyx-production',
        principal: 'grace@acme.example',
        before: { roles: ['member'], groups: [] },
        head: { roles: ['admin'], groups: [] },
        baseTip: { roles: [], groups: [] },
        source: { file: 'policies/teams/voice.yaml', line: 7, column: 5 },
      },
    ],
    stale: true,
    at: '2026-11-23T11:30:00.000Z',
    people: people({ by: 'heidi', approved: true }),
  });
}

/** `count` invitations of low risk, and the risky few of the small example. */
export function manyView(count: number, given: Partial<PullView> = {}): PullView {
  const risky = smallView().plan.changes.filter(({ risk }) => risk === 'high');
  const invites = Array.from({ length: count }, (_, at) =>
    change({ action: 'invite', principal: `person-${String(at).padStart(4, '0')}@acme.example` }),
  );
  return view({ plan: plan({ changes: [...risky, ...invites], guards: PASSING_GUARDS, accounts: [withUnmanaged(30)] }), ...given });
}

function withUnmanaged(count: number) {
  const unmanaged = Array.from({ length: count }, (_, at) => ({
    principal: `guest-${at}@acme.example`,
    status: 'active' as const,
    roles: ['member'],
    groups: [],
    note: '',
  }));
  return account({ unmanaged });
}

export function deletesView(count: number): PullView {
  const changes = Array.from({ length: count }, (_, at) =>
    change({
      action: 'delete',
      principal: `person-${String(at).padStart(4, '0')}@acme.example`,
      reversible: false,
      tags: ['irreversible'],
    }),
  );
  return view({ plan: plan({ changes }) });
}

export function invalidContent(count: number): CommentContent & { readonly kind: 'invalid' } {
  const findings: Finding[] = Array.from({ length: count }, (_, at) => ({
    file: `policies/teams/team-${at}.yaml`,
    line: at + 1,
    column: 3,
    code: 'unknown-key',
    severity: 'error',
    message: 'unknown key "rol"; did you mean "role"?',
  }));
  return { kind: 'invalid', head: HEAD, url: URL, findings: [warning(3), ...findings], at: READ_AT, runUrl: RUN_URL };
}

export function unplannedContent(): CommentContent & { readonly kind: 'unplanned' } {
  const why =
    'no account was ever observed: no run on the default branch could read one yet. The newest run of the drift workflow says why; as soon as one has read an account, it plans this again';
  return { kind: 'unplanned', head: HEAD, why, at: READ_AT, runUrl: RUN_URL };
}

export function result(given: Partial<PullResult> = {}): PullResult {
  const { results, remaining } = applyReport();
  return {
    number: 42,
    url: URL,
    runUrl: RUN_URL,
    at: READ_AT,
    commit: 'c4'.repeat(20),
    evidence: {
      number: 42,
      title: 'Give the voice team what it needs',
      head: HEAD,
      digest: digestOf('plan'),
      refused: null,
      needsPlan: false,
      people: people({ by: 'heidi', needed: [needed({ by: 'grace' })], approved: true }),
      changes: results.map((one) => one.change),
    },
    results,
    troubles: [{ account: 'telnyx-support', message: 'TELNYX_SUPPORT_API_KEY is not set. Set it to an API key of this account.' }],
    remaining,
    unnamed: [],
    exit: { code: 9, meaning: 'credentials missing or refused, or approval evidence or the ledger does not verify' },
    ...given,
  };
}

export function doneResult(): PullResult {
  const results = result().results.filter(({ outcome }) => outcome === 'applied');
  return result({
    results,
    troubles: [],
    remaining: null,
    exit: { code: 0, meaning: 'done; a plan with changes is also 0 unless --detailed-exitcode' },
  });
}

export function refusedResult(): PullResult {
  const { evidence, results } = result();
  return result({
    evidence: {
      ...evidence,
      refused: 'the plan made anew has another digest than the one that was shown, so what people approved is not what would be done',
      people: null,
    },
    results: results.slice(0, 2).map((one) => ({ ...one, outcome: 'withheld', message: 'its pull request approves nothing' })),
    troubles: [],
    remaining: null,
    exit: { code: 9, meaning: 'credentials missing or refused, or approval evidence or the ledger does not verify' },
  });
}
