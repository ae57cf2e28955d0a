import type { Answer, BranchRules, BypassActor } from '../protection.ts';
import { askMaybe } from './ask-answer.ts';
import type { Line } from './open-line.ts';

/** Protection of a branch by its own settings, from before there were rulesets. */
export interface Classic {
  readonly demands: BranchRules;
  readonly bypass: readonly BypassActor[];
}

/** Null when there is none. Only administrators are told what it is. */
export function readClassic(line: Line, branch: string): Promise<Answer<Classic | null>> {
  const call = async () => toClassic((await line.rest.repos.getBranchProtection({ ...line.at, branch })).data);
  return askMaybe(line, 'administration: read', call, (says) => says === 'Branch not protected' || says === 'Branch not found');
}

interface Switch {
  readonly enabled?: boolean;
}

interface WireReviews {
  readonly required_approving_review_count?: number;
  readonly require_code_owner_reviews: boolean;
  readonly dismiss_stale_reviews: boolean;
  readonly require_last_push_approval?: boolean;
  readonly bypass_pull_request_allowances?: {
    readonly users?: readonly { readonly login: string }[];
    readonly teams?: readonly { readonly slug: string }[];
    readonly apps?: readonly ({ readonly slug?: string } | null)[];
  };
}

interface WireClassic {
  readonly required_pull_request_reviews?: WireReviews;
  readonly required_status_checks?: {
    readonly contexts: readonly string[];
    readonly checks?: readonly { readonly context: string; readonly app_id: number | null }[];
  };
  readonly enforce_admins?: Switch;
  readonly allow_force_pushes?: Switch;
  readonly allow_deletions?: Switch;
}

function toClassic(wire: WireClassic): Classic {
  const { required_pull_request_reviews: reviews, required_status_checks: required } = wire;
  const checks = required?.checks ?? required?.contexts.map((context) => ({ context, app_id: null })) ?? [];
  return {
    demands: {
      pullRequest:
        reviews === undefined
          ? null
          : {
              approvals: reviews.required_approving_review_count ?? 0,
              codeOwners: reviews.require_code_owner_reviews,
              dismissesStale: reviews.dismiss_stale_reviews,
              lastPush: reviews.require_last_push_approval === true,
            },
      requiredChecks: checks.map(({ context, app_id }) => ({ name: context, appId: app_id })),
      forbidsForcePush: wire.allow_force_pushes?.enabled !== true,
      forbidsDeletion: wire.allow_deletions?.enabled !== true,
    },
    bypass: bypassOf(wire).map((who) => ({ who, mode: 'always', ruleset: null })),
  };
}

function bypassOf({ enforce_admins, required_pull_request_reviews: reviews }: WireClassic): string[] {
  const { users = [], teams = [], apps = [] } = reviews?.bypass_pull_request_allowances ?? {};
  return [
    ...(enforce_admins?.enabled === true ? [] : ['the administrators']),
    ...users.map(({ login }) => `@${login}`),
    ...teams.map(({ slug }) => `the team ${slug}`),
    ...apps.map((app) => `the app ${app?.slug ?? ''}`),
  ];
}
