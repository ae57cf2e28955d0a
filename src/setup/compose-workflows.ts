import { ENVIRONMENT } from './repository-facts.ts';

/** rollcall as an action: `acme/rollcall`, its whole commit, and the version that stands beside it for people. */
export interface ActionPin {
  readonly repository: string;
  readonly commit: string;
  readonly version: string;
}

export interface WorkflowFacts {
  readonly action: ActionPin;
  readonly branch: string;
  /** What the accounts read from the environment, sorted. */
  readonly variables: readonly string[];
}

/** The same commits as in rollcall's own workflows, which a test holds these to. */
const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const UPLOAD = 'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0';
/** The secrets that belong to no account. */
export const OWN_SECRETS = ['ROLLCALL_SIGNING_KEY', 'ROLLCALL_MEMBERS_TOKEN'] as const;

/** The four workflows of a repository that uses rollcall's action, by path. */
export function composeWorkflows(facts: WorkflowFacts): ReadonlyMap<string, string> {
  return new Map([
    ['.github/workflows/apply.yml', composeApply(facts)],
    ['.github/workflows/drift.yml', composeDrift(facts)],
    ['.github/workflows/plan.yml', composePlan(facts)],
    ['.github/workflows/validate.yml', composeValidate(facts)],
  ]);
}

/** One variable, as it stands on the one step that needs it. */
export function secretLine(variable: string): string {
  return `          ${variable}: \${{ secrets.${variable} }}`;
}

export function usesOf({ repository, commit, version }: ActionPin): string {
  return `${repository}@${commit} # ${version}`;
}

function envOf({ variables }: WorkflowFacts): string {
  return [...OWN_SECRETS, ...variables].map(secretLine).join('\n');
}

function composeApply(facts: WorkflowFacts): string {
  return `# Makes what was approved and merged. The only workflow that holds vendor credentials: in an environment that accepts the default
# branch alone, in one step, in a job that installs nothing and restores no cache.
name: apply

on:
  push:
    branches: [${facts.branch}]
  workflow_dispatch:
    inputs:
      pull:
        description: The number of a merged pull request to take in after a fresh review; empty to go on with what is owed
        type: string
        default: ''

permissions: {}

# One run at a time, and none is dropped: a run that is cancelled between a request and its outcome leaves a question behind.
concurrency:
  group: ${ENVIRONMENT}
  queue: max
  cancel-in-progress: false

jobs:
  apply:
    # The environment refuses other branches too; this says so before a runner starts.
    if: github.ref == 'refs/heads/${facts.branch}'
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    environment: ${ENVIRONMENT}
    permissions:
      contents: write # to write the ledger and the observations to the rollcall-state branch
      pull-requests: write # to read reviews, and to say on the pull request what was applied
      checks: write # to read the plan's check run, and to publish that of a plan made anew
      issues: read # to compare the ledger with the newest record that the accounts' issues name
    steps:
      - uses: ${usesOf(facts.action)}
        with:
          command: apply
          pull: \${{ inputs.pull }}
        env:
${envOf(facts)}
`;
}

function composeDrift(facts: WorkflowFacts): string {
  return `# The night watch. Once an hour it reads every account, takes back by each account's rules what nobody approved, goes on with what is
# owed, keeps one issue an account and a sign of life, and renders every open pull request again. It applies no merge: \`apply\` does that.
name: drift

on:
  schedule:
    - cron: '23 * * * *'
  workflow_dispatch:
    inputs:
      adopt:
        description: Also propose, as a pull request, that policy comes to what is live; somebody else has to approve it
        type: boolean
        default: false

permissions: {}

# The group of \`apply\`, because both write: one run at a time, none is dropped, and none is cancelled between a request and its outcome.
concurrency:
  group: ${ENVIRONMENT}
  queue: max
  cancel-in-progress: false

jobs:
  drift:
    # The environment refuses other branches too; this says so before a runner starts.
    if: github.ref == 'refs/heads/${facts.branch}'
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    environment: ${ENVIRONMENT}
    permissions:
      contents: write # to write to the rollcall-state branch, and the branches of the pull requests it proposes
      pull-requests: write # to keep the comment on every open pull request up to date, and to propose renewals and adoptions
      checks: write # to publish the check run of every plan that is rendered again
      issues: write # to keep the one issue of each account
    steps:
      - uses: ${usesOf(facts.action)}
        with:
          command: drift
          adopt: \${{ inputs.adopt || 'false' }}
        env:
${envOf(facts)}
`;
}

function composePlan({ action, branch }: WorkflowFacts): string {
  return `# Shows on a pull request what merging it would change. It plans against what a run on the default branch observed, so it holds no
# vendor credential. It has no schedule: \`drift\` renders every open pull request again once an hour. By hand, one is rendered.
name: plan

on:
  pull_request:
    branches: [${branch}]
    types: [opened, synchronize, reopened, edited]
  merge_group:
    branches: [${branch}]
  workflow_dispatch:
    inputs:
      pull:
        description: The number of the pull request to plan again
        type: string
        required: true

permissions: {}

# A new push makes the plan of the push before it useless; a run that was asked for by hand waits its turn.
concurrency:
  group: plan-\${{ github.ref }}-\${{ inputs.pull }}
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}

jobs:
  plan:
    # A dispatch on another branch would run that branch's code with a token that may write.
    if: github.event_name != 'workflow_dispatch' || github.ref == 'refs/heads/${branch}'
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      contents: read # to read policies, and what was observed, as git objects
      pull-requests: write # to keep the one comment on the pull request up to date
      checks: write # to publish the check run with its annotations on the policy lines
    steps:
      - uses: ${usesOf(action)}
        with:
          command: plan
          pull: \${{ inputs.pull }}
      - name: Keep the plan
        if: \${{ !cancelled() }}
        uses: ${UPLOAD}
        with:
          name: plan
          path: \${{ runner.temp }}/rollcall/plan*.json
          if-no-files-found: ignore
          retention-days: 30
`;
}

function composeValidate({ action, branch }: WorkflowFacts): string {
  return `# The required check that needs nothing: no secret, no permission to write, the same for forks. What is checked is the merged result,
# and of it only the policies are here, as files that nothing executes; the code that reads them is rollcall's, at a whole commit.
name: validate

on:
  pull_request:
    branches: [${branch}]
  merge_group:
    branches: [${branch}]

permissions: {}

concurrency:
  group: validate-\${{ github.ref }}
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}

jobs:
  validate:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read # to read the policies that are checked
    steps:
      - name: The policies of the merged result, as data
        uses: ${CHECKOUT}
        with:
          ref: \${{ github.sha }}
          sparse-checkout: /policies/
          sparse-checkout-cone-mode: false
          persist-credentials: false
      - uses: ${usesOf(action)}
        with:
          command: validate
`;
}
