import type { Schemas } from './github-schemas.ts';
import type { Environment } from './github-state.ts';

export interface Ruleset {
  readonly id: number;
  readonly name: string;
  /** Whole names, or `~DEFAULT_BRANCH`. */
  readonly branches: readonly string[];
  readonly enforcement: 'active' | 'disabled' | 'evaluate';
  readonly bypass: readonly Schemas['repository-ruleset-bypass-actor'][];
  readonly rules: readonly Schemas['repository-rule'][];
}

export interface WorkflowRun {
  /** `.github/workflows/drift.yml`. */
  readonly workflow: string;
  readonly event: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly updatedAt: number;
}

/** How a repository is set up by those who administer it; none of it is enforced here. */
export interface RepositoryProtection {
  readonly rulesets: readonly Ruleset[];
  /** Protection by a branch's own settings, by branch. */
  readonly classic: Readonly<Record<string, Schemas['branch-protection']>>;
  /** Names of secrets. */
  readonly secrets: readonly string[];
  readonly organizationSecrets: readonly string[];
  readonly allowedActions: 'all' | 'local_only' | 'selected';
  readonly selectedActions: Schemas['selected-actions'];
  readonly pinsCommits: boolean;
  /** What the token of a job may that names no permissions. */
  readonly jobToken: 'read' | 'write';
  /** Workflows that are not `active`, by path. */
  readonly workflowStates: Readonly<Record<string, Schemas['workflow']['state']>>;
  readonly codeownersErrors: readonly Schemas['codeowners-errors']['errors'][number][];
}

export const UNPROTECTED: RepositoryProtection = {
  rulesets: [],
  classic: {},
  secrets: [],
  organizationSecrets: [],
  allowedActions: 'all',
  selectedActions: {},
  pinsCommits: false,
  jobToken: 'write',
  workflowStates: {},
  codeownersErrors: [],
};

const KEEPS: readonly Schemas['repository-rule'][] = [{ type: 'non_fast_forward' }, { type: 'deletion' }];
/** GitHub Actions, whose jobs the required checks are. */
const BY_ACTIONS = 15_368;

/** As docs/github.md advises. */
export const PROTECTED: RepositoryProtection = {
  ...UNPROTECTED,
  rulesets: [
    {
      id: 501,
      name: 'main',
      branches: ['~DEFAULT_BRANCH'],
      enforcement: 'active',
      bypass: [],
      rules: [
        ...KEEPS,
        {
          type: 'pull_request',
          parameters: {
            required_approving_review_count: 1,
            require_code_owner_review: true,
            dismiss_stale_reviews_on_push: true,
            require_last_push_approval: true,
            required_review_thread_resolution: false,
          },
        },
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: ['validate', 'plan'].map((context) => ({ context, integration_id: BY_ACTIONS })),
          },
        },
      ],
    },
    { id: 502, name: 'rollcall-state', branches: ['rollcall-state'], enforcement: 'active', bypass: [], rules: KEEPS },
  ],
  allowedActions: 'selected',
  selectedActions: { github_owned_allowed: true, verified_allowed: false, patterns_allowed: ['acme/*'] },
  pinsCommits: true,
  jobToken: 'read',
};

export const PROTECTED_ENVIRONMENT: Environment = {
  name: 'rollcall-apply',
  limitsBranches: true,
  branches: ['main'],
  letsAdminsBypass: false,
  secrets: ['ROLLCALL_SIGNING_KEY'],
};
