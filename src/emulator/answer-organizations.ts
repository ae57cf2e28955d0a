import type { Prepared } from './deliver-with-fault.ts';
import { getOrganizationUser, listOrganizationUsers, reportOrganizationUsers } from './list-organization-users.ts';
import { UUID } from './parse-telnyx-seed.ts';
import { removeOrganizationUser } from './remove-organization-user.ts';
import { type EmulatedReply, NO_SUCH_RESOURCE, vendorError, wrongMethod } from './vendor-error.ts';
import type { WriteNeeds } from './write-sub-user.ts';

/** The people of an organization, as Telnyx's published specification has them: read and removed, and nothing else. */
export function answerOrganizations(method: string, path: string, query: URLSearchParams, needs: WriteNeeds): Prepared {
  const { account, switches } = needs;
  const [id = '', action] = path.slice('/v2/organizations/users'.length).split('/').slice(1);
  if (action !== undefined && !/^\/v2\/organizations\/users\/[^/]+\/actions\/remove$/.test(path)) return only(notThere());
  if (method !== (action === undefined ? 'GET' : 'POST')) return only(wrongMethod(action === undefined ? 'GET' : 'POST'));
  if (id === '') return only(listOrganizationUsers(account, query, switches));
  if (id === 'users_groups_report' && action === undefined) return only(reportOrganizationUsers(account, switches));
  if (!UUID.test(id)) return only(vendorError(400, '10015', 'The ID is not a UUID.', '/id'));
  if (action !== undefined) return removeOrganizationUser(id.toLowerCase(), needs);
  return only(getOrganizationUser(account, id.toLowerCase(), query, switches) ?? notThere());
}

function only(reply: EmulatedReply): Prepared {
  return { reply, commit: null };
}

function notThere(): EmulatedReply {
  return vendorError(404, '10005', NO_SUCH_RESOURCE);
}
