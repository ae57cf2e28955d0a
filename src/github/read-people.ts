import type { PeopleApi } from './github.ts';
import { type Line, must } from './open-line.ts';

/** `maintain` and `triage` are the roles that the older field folds into these. */
const PERMISSIONS: Readonly<Record<string, 'admin' | 'write' | 'read'>> = {
  admin: 'admin',
  maintain: 'write',
  write: 'write',
  triage: 'read',
  read: 'read',
};

/** What people may do here, and who is in a team; the team is asked with a token of its own where there is one. */
export function readPeople(line: Line, membersLine: Line): PeopleApi {
  return {
    permission: async (login) => {
      const call = () => line.rest.repos.getCollaboratorPermissionLevel({ ...line.at, username: login });
      const answer = await line.attempt('metadata: read', call);
      if (answer.kind === 'refused' && answer.status === 404) return 'none';
      return PERMISSIONS[must(answer).permission] ?? 'none';
    },
    isMember: async (org, team, login) => {
      const call = () => membersLine.rest.teams.getMembershipForUserInOrg({ org, team_slug: team, username: login });
      const answer = await membersLine.attempt('members: read (of the organization)', call);
      if (answer.kind === 'refused' && answer.status === 404) return false;
      if (answer.kind === 'refused' && answer.status === 403) return null;
      return must(answer).state === 'active';
    },
  };
}
