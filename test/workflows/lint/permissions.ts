import type { Job, Workflow } from './read-workflow.ts';

/** The whole of what each job may do. A job that is not here may do nothing, and is a finding. */
export type Allowed = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const ALLOWED: Allowed = {
  'ci.yml/check': { contents: 'read' },
  'validate.yml/validate': { contents: 'read' },
  'plan.yml/plan': { contents: 'read', 'pull-requests': 'write', checks: 'write' },
  'apply.yml/apply': { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'read' },
  'drift.yml/drift': { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'write' },
};

export function checkTopPermissions({ permissions }: Workflow): string[] {
  const isEmpty = typeof permissions === 'object' && permissions !== null && Object.keys(permissions).length === 0;
  return isEmpty ? [] : ['the workflow does not begin with `permissions: {}`'];
}

export function checkJobPermissions(workflow: Workflow, allowed: Allowed): string[] {
  return workflow.jobs.flatMap((job) => {
    const mine = Object.fromEntries((job.permissions ?? []).map(({ scope, level }) => [scope, level]));
    const expected = allowed[`${workflow.file}/${job.id}`];
    if (expected === undefined || job.permissions === null) return [`${job.id} is not on the list of jobs, or says nothing of permissions`];
    return sorted(mine) === sorted(expected) ? [] : [`${job.id} has ${sorted(mine)}, not ${sorted(expected)}`];
  });
}

export function checkPermissionReasons({ jobs }: Workflow): string[] {
  return jobs.flatMap((job: Job) =>
    (job.permissions ?? [])
      .filter(({ reason }) => !/^to \w+ .{10}/.test(reason))
      .map(({ scope }) => `${job.id} does not say what ${scope} is for`),
  );
}

function sorted(permissions: Readonly<Record<string, string>>): string {
  return Object.entries(permissions)
    .map(([scope, level]) => `${scope}: ${level}`)
    .toSorted()
    .join(', ');
}
