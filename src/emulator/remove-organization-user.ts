import type { Prepared } from './deliver-with-fault.ts';
import { shapeOrganizationUser } from './list-organization-users.ts';
import type { SubUser } from './open-telnyx-account.ts';
import { jsonReply, NO_SUCH_RESOURCE, vendorError } from './vendor-error.ts';
import type { WriteNeeds } from './write-sub-user.ts';

/** Answers `POST /v2/organizations/users/{id}/actions/remove`: 200 with the user, whatever became of them. */
export function removeOrganizationUser(id: string, { account, switches, now }: WriteNeeds): Prepared {
  if (id === account.owner().id) {
    const code = switches.remove_owner_status === 403 ? '10010' : '10015';
    return { reply: vendorError(switches.remove_owner_status, code, 'The owner of an organization cannot be removed.'), commit: null };
  }
  const row = account.find(id);
  if (row === undefined || row.status === 'invited') return { reply: vendorError(404, '10005', NO_SUCH_RESOURCE), commit: null };
  const { removed_user: becomes } = switches;
  const answer = (after: SubUser) => jsonReply(200, { data: shapeOrganizationUser(after, account.member(id), switches, false) });
  if (becomes === 'enabled') return { reply: answer(row), commit: null };
  if (becomes === 'gone') return { reply: answer(row), commit: () => account.delete(id) };
  const after: SubUser = { ...row, status: becomes, updated_at: new Date(now).toISOString() };
  return { reply: answer(after), commit: () => account.put(after) };
}
