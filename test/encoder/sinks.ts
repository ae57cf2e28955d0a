import { describeRemark, describeRoster, rosterToJson } from '../../src/commands/describe-roster.ts';
import { type ImportReport, renderImport } from '../../src/commands/import-report.ts';
import { type InitReport, initToJson, renderInit } from '../../src/commands/init-render.ts';
import type { Finding, Observation, Part, Plan } from '../../src/model.ts';
import type { ConsolePages } from '../../src/policy/read-console-pages.ts';
import type { CommentContent, PeopleApproval } from '../../src/pull.ts';
import { renderComment, renderJobSummary } from '../../src/report/comment/render-comment.ts';
import { renderUnnamed } from '../../src/report/comment/render-unnamed.ts';
import { titleOfComment } from '../../src/report/comment/title-of-comment.ts';
import { createStyle } from '../../src/report/create-style.ts';
import { describeMissing } from '../../src/report/describe-missing.ts';
import { describePart } from '../../src/report/describe-part.ts';
import { collectSet } from '../../src/report/issue/collect-set.ts';
import { composeIssue } from '../../src/report/issue/compose-issue.ts';
import { composeAdoption } from '../../src/report/proposal/compose-adoption.ts';
import type { ProposalText } from '../../src/report/proposal/compose-proposal.ts';
import { composeRenewal } from '../../src/report/proposal/compose-renewal.ts';
import { doctorToJson, renderDoctor } from '../../src/report/render-doctor.ts';
import { explanationToJson, renderExplanation, renderWhoCan, whoCanToJson } from '../../src/report/render-explain.ts';
import { renderFindings } from '../../src/report/render-findings.ts';
import { ledgerToJson, renderLedger } from '../../src/report/render-ledger.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { outcomesToJson, outcomesToMarkdown, renderOutcomes } from '../../src/report/render-outcomes.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { showMarkdown } from '../../src/report/show-markdown.ts';
import { toJson } from '../../src/report/to-json.ts';
import * as views from '../report/comment/example-views.ts';
import { blockedPlan, driftPlan, emptyPlan, firstPlan, vendorsPlan } from '../report/example-plans.ts';
import { applyReport, doctorReport, explanation, ledgerReport, whoCan } from '../report/example-reports.ts';
import { AT, busyWatch, watch } from '../report/issue/example-watches.ts';
import { end, guestAdoption, lostAdoption, manyRenewals, renewal } from '../report/proposal/example-proposals.ts';
import { fieldsOf, type Swap, swapTexts } from './swap-texts.ts';

/** Where text goes that somebody else wrote. */
export interface Sink {
  readonly name: string;
  /** The function of src that writes it, as others import it. */
  readonly by: string;
  readonly kind: 'text' | 'json' | 'markdown';
  /** How many commands for the runner it is made of. */
  readonly commands: number;
  /** Whether there is room for a part alone, so that other rows are there with other texts. */
  readonly isCut: boolean;
  /** Every field of its document in which somebody else's text can stand. */
  readonly fields: readonly string[];
  readonly write: (swap: Swap) => string;
}

/** Words that decide something and can only be the ones that types name; addresses that GitHub gave, ids and hashes of ours. */
const OURS = new Set(
  'format_version version tool kind mode action status executor origin reason_code risk verdict guard budget tags outcome severity source_kind cause op path interrupted answered credential group_of state turn how do by_kind url runUrl marker id hash commit head mergeBase baseTip commits touched own takenIn digest'.split(
    ' ',
  ),
);
const STYLE = createStyle(false, 100);
const NARROW = createStyle(false, 40);

function sinkOf<T>(
  name: string,
  by: string,
  kind: Sink['kind'],
  document: T,
  write: (document: T) => string,
  more: Partial<{ fixed: string; commands: number; isCut: boolean }> = {},
): Sink {
  const fixed = new Set([...OURS, ...(more.fixed ?? '').split(' ').filter((word) => word !== '')]);
  return {
    name,
    by,
    kind,
    commands: more.commands ?? 0,
    isCut: more.isCut ?? false,
    fields: fieldsOf(document, fixed),
    write: (swap) => write(swapTexts(document, fixed, swap)),
  };
}

const PLANS: Readonly<Record<string, Plan>> = {
  'a plan': firstPlan(),
  'a blocked plan': blockedPlan(),
  'a plan of drift': driftPlan(),
  'an empty plan': emptyPlan(),
  'a plan of every kind of account': vendorsPlan(),
};

const FINDINGS: readonly Finding[] = [
  { file: 'policies/teams/voice.yaml', line: 1, column: 1, code: 'unknown-key', severity: 'error', message: 'unknown key "rol"' },
  { file: 'policies/people/all.yaml', line: 2, column: 1, code: 'no-end', severity: 'warning', message: 'no end' },
];

const OBSERVATION: Observation = {
  account: 'telnyx-production',
  provider: 'telnyx',
  api: 'sub-users',
  at: AT,
  requests: 2,
  digest: 'sha256:0',
  source: 'live',
  principals: [
    {
      principal_id: 'id-1',
      principal: 'ada@acme.example',
      name: 'Ada',
      status: 'active',
      roles: ['admin'],
      groups: ['Billing'],
      since: AT,
      note: 'n',
      remarks: ['r'],
    },
  ],
};

const IMPORT: ImportReport = {
  imported: {
    kind: 'imported',
    files: new Map(),
    edited: [
      {
        path: 'teams/voice.yaml',
        isNew: true,
        people: null,
        members: 2,
        grants: [{ account: 'telnyx-production', role: 'admin', group: null }],
      },
      { path: 'people/all.yaml', isNew: false, people: 2, members: null, grants: [] },
    ],
    desired: { accounts: new Map() } as unknown as ImportReport['imported']['desired'],
    findings: [],
    people: ['ada@acme.example'],
    leftOut: [{ account: 'telnyx-production', principal: 'eve', why: 'this is no address' }],
    decisions: [
      { principal: 'ada@acme.example', account: 'telnyx-production', says: 'last signed in 2026-03-01' },
      { principal: null, account: 'telnyx-production', says: 'admin is privileged' },
    ],
  },
  folder: 'policies',
  day: '2026-11-22',
  accounts: ['telnyx-production'],
  unread: [{ account: 'twilio-main', message: 'the key is refused' }] as unknown as ImportReport['unread'],
  others: ['twilio-labs'],
  sinceBaseline: [{ principal: 'mallory@acme.example', account: 'telnyx-production', says: 'was raised' }],
  plan: firstPlan(),
};

/** Of the rows only roles can be odd, and of the account nothing: addresses and names were checked where they were read. */
const PAGES: ConsolePages = {
  rows: [{ email: 'ada@acme.example', roles: ['developer'], status: 'active', line: 3 }],
  problems: [],
  notes: [{ line: 7, text: 'Invite user', why: 'it is no row' }],
};
const WRITTEN = { file: 'policies/rosters/twilio-labs.yaml', attestedBy: 'ada@acme.example', attestedOn: '2026-11-22' };
const LABS = { name: 'twilio-labs', owner: 'root@acme.example' } as Parameters<typeof describeRoster>[1];

/** The names of accounts and the branch are what somebody typed, and were checked. */
const INIT: InitReport = {
  folder: 'access',
  accounts: ['telnyx-production'],
  branch: 'main',
  added: [],
  readme: 'README.md',
  action: { repository: 'acme/rollcall', commit: '1f'.repeat(20), version: 'v1.0.0' },
  isRepository: true,
  isBegun: false,
  probes: [{ account: 'telnyx-production', api: 'sub-users', credential: 'refused', words: '401: "no"' }],
  findings: FINDINGS,
  files: 2,
  made: ['.github/workflows/plan.yml', 'policies/teams/voice.yaml'],
  kept: [{ file: 'CODEOWNERS', isSame: false, advice: { what: 'Add these lines.', lines: ['/policies/ @acme/security'] } }],
};
const TYPED = 'accounts branch readme account api what credential';

const APPROVAL: PeopleApproval = {
  by: 'heidi',
  needed: [
    {
      account: 'telnyx-production',
      role: 'admin',
      approvers: ['@acme/security'],
      changes: [],
      own: true,
      by: null,
      unknown: 'GitHub answers 403',
    },
  ],
  approved: false,
  proposal: null,
  discounted: [],
};
const DISCOUNTED: PeopleApproval = {
  by: null,
  needed: [],
  approved: false,
  proposal: { commits: [], logins: ['ada'], principals: [] },
  discounted: [{ login: 'ada', why: 'asked' }],
};

const CONTENTS: Readonly<Record<string, CommentContent>> = {
  'a whole plan': { kind: 'plan', view: views.fullView() },
  'an accepted difference': { kind: 'plan', view: views.acceptedView() },
  'a conflict': { kind: 'plan', view: views.conflictView() },
  'a proposal of ours': { kind: 'plan', view: views.proposedView() },
  'a plan of every kind of account': { kind: 'plan', view: views.vendorsView() },
  'invalid policies': views.invalidContent(5),
  'no plan': views.unplannedContent(),
  'a result': { kind: 'result', result: views.result() },
  'a refused approval': { kind: 'result', result: views.refusedResult() },
  'nothing that was done': { kind: 'result', result: views.result({ results: [], unnamed: views.acceptedView().unnamed }) },
};
/** Why an approval does not count is one of ours; the other `why` is a sentence. */
const fixedIn = (content: CommentContent): string => (content.kind === 'unplanned' ? '' : 'why');

const proposals = (part: keyof ProposalText, kind: Sink['kind']): Sink[] => [
  sinkOf(`the ${part} of a renewal`, 'composeRenewal', kind, renewal([end('grace', 7)]), (one) => withoutMarker(composeRenewal(one)[part])),
  sinkOf(`the ${part} of many renewals`, 'composeRenewal', kind, manyRenewals(), (one) => withoutMarker(composeRenewal(one)[part])),
  sinkOf(`the ${part} of an adoption`, 'composeAdoption', kind, lostAdoption(), (one) => withoutMarker(composeAdoption(one)[part])),
  sinkOf(`the ${part} of an adoption of guests`, 'composeAdoption', kind, guestAdoption(), (one) =>
    withoutMarker(composeAdoption(one)[part]),
  ),
];

/** Its first line is a comment of HTML, by which it is found again. */
function withoutMarker(text: string): string {
  return text.replace(/^<!-- rollcall:\S+ -->\n/, '');
}

const ISSUE = { ...busyWatch(), unread: 'time-out' };
/** The days by which ends are told, and the outcome of a run. */
const INSTANTS = 'at since notBefore not_before until';

const PARTS = [
  { do: 'assign', role: 'developer' },
  { do: 'unassign', role: 'support' },
  { do: 'patch', fields: { name: 'Ada', roles: ['admin'] } },
] as unknown as readonly Part[];

/** A new sink is a line here, and one that has none fails `covered.test.ts`. */
export const SINKS: readonly Sink[] = [
  ...Object.entries(PLANS).flatMap(([name, plan]) => [
    sinkOf(`${name} on a terminal`, 'renderPlan', 'text', plan, (one) => renderPlan(one, STYLE)),
    sinkOf(`${name} as Markdown`, 'renderMarkdown', 'markdown', plan, (one) => renderMarkdown(one)),
    sinkOf(`${name} as a document`, 'toJson', 'json', plan, toJson),
  ]),
  sinkOf('a plan on a narrow terminal', 'renderPlan', 'text', firstPlan(), (one) => renderPlan(one, NARROW)),
  sinkOf('what was observed', 'toJson', 'json', OBSERVATION, toJson),
  sinkOf('an apply on a terminal', 'renderOutcomes', 'text', { ...applyReport(), warnings: ['w'] }, (one) => renderOutcomes(one, STYLE)),
  sinkOf('an apply as Markdown', 'outcomesToMarkdown', 'markdown', { ...applyReport(), warnings: ['w'] }, outcomesToMarkdown),
  sinkOf('an apply as a document', 'outcomesToJson', 'json', { ...applyReport(), warnings: ['w'] }, outcomesToJson),
  sinkOf('the ledger on a terminal', 'renderLedger', 'text', ledgerReport(), (one) => renderLedger(one, STYLE), { fixed: 'at' }),
  sinkOf('the ledger as a document', 'ledgerToJson', 'json', ledgerReport(), ledgerToJson),
  sinkOf('an explanation on a terminal', 'renderExplanation', 'text', explanation(), (one) => renderExplanation(one, STYLE)),
  sinkOf('an explanation as a document', 'explanationToJson', 'json', explanation(), explanationToJson),
  sinkOf('who can, on a terminal', 'renderWhoCan', 'text', whoCan(), (one) => renderWhoCan(one, STYLE)),
  sinkOf('who can, as a document', 'whoCanToJson', 'json', whoCan(), whoCanToJson),
  sinkOf('the doctor on a terminal', 'renderDoctor', 'text', doctorReport(), (one) => renderDoctor(one, STYLE), { fixed: 'group answer' }),
  sinkOf('the doctor as a document', 'doctorToJson', 'json', doctorReport(), doctorToJson, { fixed: 'group answer' }),
  sinkOf('findings on a terminal', 'renderFindings', 'text', FINDINGS, (one) => renderFindings(one, 'text', STYLE, 2)),
  sinkOf('findings as commands of a workflow', 'renderFindings', 'text', FINDINGS, (one) => renderFindings(one, 'github', STYLE, 2), {
    commands: 2,
  }),
  sinkOf('findings as a document', 'renderFindings', 'json', FINDINGS, (one) => renderFindings(one, 'json', STYLE, 2)),
  sinkOf('findings as SARIF', 'renderFindings', 'json', FINDINGS, (one) => renderFindings(one, 'sarif', STYLE, 2)),
  sinkOf('an import on a terminal', 'renderImport', 'text', IMPORT, (one) => renderImport(one, 'text'), { fixed: 'day' }),
  sinkOf('an import as a document', 'renderImport', 'json', IMPORT, (one) => renderImport(one, 'json')),
  sinkOf('a roster on a terminal', 'describeRoster', 'text', PAGES, (one) => describeRoster(one, LABS, WRITTEN), { fixed: 'email' }),
  sinkOf('a pasted line on a terminal', 'describeRemark', 'text', PAGES.notes, (one) => one.map(describeRemark).join('')),
  sinkOf('a roster as a document', 'rosterToJson', 'json', PAGES, (one) => rosterToJson(one, LABS, WRITTEN)),
  sinkOf('a new repository on a terminal', 'renderInit', 'text', INIT, (one) => renderInit(one, STYLE), { fixed: TYPED }),
  sinkOf('a new repository as a document', 'initToJson', 'json', INIT, initToJson),
  sinkOf('an approval that is missing, in the log', 'describeMissing', 'text', APPROVAL, (one) => describeMissing(one, true)),
  sinkOf('approvals that do not count, in the log', 'describeMissing', 'text', DISCOUNTED, (one) => describeMissing(one, false), {
    fixed: 'why',
  }),
  sinkOf('a part of a change, in the ledger', 'describePart', 'text', PARTS, (one) => one.map(describePart).join('\n')),
  ...Object.entries(CONTENTS).flatMap(([name, content]) => [
    sinkOf(`a comment with ${name}`, 'renderComment', 'markdown', content, (one) => renderComment(one, Number.POSITIVE_INFINITY), {
      fixed: fixedIn(content),
    }),
    sinkOf(`a summary with ${name}`, 'renderJobSummary', 'markdown', content, renderJobSummary, { fixed: fixedIn(content) }),
    sinkOf(`the title of ${name}`, 'titleOfComment', 'text', content, titleOfComment, { fixed: fixedIn(content) }),
    sinkOf(`a short comment with ${name}`, 'renderComment', 'markdown', content, (one) => renderComment(one, 9000), {
      fixed: fixedIn(content),
      isCut: true,
    }),
    sinkOf(`a comment with ${name}, on a terminal`, 'showMarkdown', 'text', content, (one) => showMarkdown(renderComment(one), NARROW), {
      fixed: fixedIn(content),
    }),
  ]),
  sinkOf(
    'people in no policy',
    'renderUnnamed',
    'markdown',
    views.acceptedView().unnamed,
    (one) => `${renderUnnamed(one, true, 60_000).join('\n')}\n`,
  ),
  sinkOf(
    'the issue of an account',
    'composeIssue',
    'markdown',
    ISSUE,
    (one) => composeIssue(one).bodyWith({ at: AT, before: collectSet(one), byHand: true }),
    { fixed: INSTANTS },
  ),
  sinkOf('the title of an issue', 'titleIssue', 'text', ISSUE, (one) => composeIssue(one).title, { fixed: INSTANTS }),
  sinkOf(
    'the news of an issue',
    'composeIssue',
    'markdown',
    ISSUE,
    (one) => composeIssue(one).news({ at: AT, before: collectSet(watch()), byHand: false }, collectSet(one)),
    { fixed: INSTANTS },
  ),
  sinkOf(
    'the news that an issue is settled',
    'composeIssue',
    'markdown',
    ISSUE,
    (one) => composeIssue(watch()).news({ at: AT, before: collectSet(one), byHand: false }, collectSet(watch())),
    { fixed: INSTANTS },
  ),
  ...proposals('body', 'markdown'),
  ...proposals('title', 'text'),
  ...proposals('message', 'text'),
];
