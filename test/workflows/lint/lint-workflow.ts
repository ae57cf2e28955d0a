import * as code from './code.ts';
import * as conditions from './conditions.ts';
import * as permissions from './permissions.ts';
import { readWorkflow, type Workflow } from './read-workflow.ts';
import * as secrets from './secrets.ts';
import * as triggers from './triggers.ts';

/** By zizmor's name for it where zizmor has one. */
export const RULES = {
  'dangerous-triggers': triggers.checkTriggers,
  'trigger-branches': triggers.checkTriggerBranches,
  'schedule-minute': triggers.checkScheduleMinute,
  'dispatch-on-default-branch': triggers.checkDispatch,
  'unasked-adoption': triggers.checkAdoption,
  'concurrency-limits': triggers.checkConcurrency,
  'top-permissions': permissions.checkTopPermissions,
  'excessive-permissions': permissions.checkJobPermissions,
  'undocumented-permissions': permissions.checkPermissionReasons,
  'unpinned-uses': code.checkPins,
  'forbidden-uses': code.checkActions,
  artipacked: code.checkCredentialsKept,
  'base-code': code.checkBaseCode,
  'privileged-run': code.checkRuns,
  'adhoc-packages': code.checkInstalls,
  'cache-poisoning': code.checkCaches,
  'unsound-success': code.checkContinuing,
  'self-hosted-runner': code.checkRunners,
  'timeout-minutes': code.checkTimeouts,
  'secrets-outside-env': secrets.checkSecretsOutsideEnvironment,
  'secrets-on-one-step': secrets.checkSecretsOnOneStep,
  'secrets-of-pull-requests': secrets.checkSecretsOfPullRequests,
  'overprovisioned-secrets': secrets.checkAllSecrets,
  'unredacted-secrets': secrets.checkRedaction,
  'github-env': secrets.checkEnvironmentFiles,
  'insecure-commands': secrets.checkInsecureCommands,
  'tampered-environment': secrets.checkTampering,
  'template-injection': conditions.checkInjection,
  'bot-conditions': conditions.checkActors,
  'unsound-condition': conditions.checkConditions,
  'unsound-contains': conditions.checkContains,
  'unsound-ternary': conditions.checkTernaries,
} as const satisfies Record<string, (workflow: Workflow, allowed: permissions.Allowed) => string[]>;

export type Rule = keyof typeof RULES;

/** Everything that is wrong with a workflow, as `rule: what`. */
export function lintWorkflow(file: string, source: string, allowed: permissions.Allowed = permissions.ALLOWED): string[] {
  const workflow = readWorkflow(file, source);
  return Object.entries(RULES).flatMap(([rule, check]) => check(workflow, allowed).map((what) => `${rule}: ${what}`));
}
