import { type Accepted, parseSwitches } from '../parse-switches.ts';
import type { Fail } from '../read-fields.ts';

/** One switch for each point where Twilio's documents contradict each other or are silent; the defaults follow the documents. */
export interface TwilioSwitches {
  /** The documentation of oauth.twilio.com/v2/token says 200, the older token resources 201. */
  readonly token_status: 200 | 201;
  /** How long a token really works. */
  readonly token_lifetime_s: number;
  /** The specification's example of `expires_in` is 1438315200000. */
  readonly token_expires_in: 'stated' | 'absurd';
  /** iam.twilio.com/scim/v2 and RoleAssignments: documented, in no specification. `missing` is 404, `refused` is 403. */
  readonly iam_paths: 'there' | 'missing' | 'refused';
  /** preview-iam.twilio.com/Organizations/…: in the specification. */
  readonly preview_paths: 'there' | 'missing';
  readonly roles_list: 'there' | 'missing';
  /** Whether the app may list users: the scopes of managed users have to be selected one by one. */
  readonly users_scope: boolean;
  /** The name of the permission that lists accounts is not published, so that an app may lack it. */
  readonly accounts_scope: boolean;
  /** Whether the app may change users and role assignments. */
  readonly write_scope: boolean;
  /** What a missing permission is answered with: 401 was observed, 403 is documented. */
  readonly missing_scope_status: 401 | 403;
  /** The v2 documents allow an organization as scope; error 25200 says only a managed account may be one. */
  readonly org_scope_listed: boolean;
  readonly org_scope_assignable: boolean;
  /** The Console clears other roles when Administrator is ticked; whether the API refuses them beside it is unknown. */
  readonly administrator_beside_others: 'accepted' | 'refused';
  /** The SCIM documents say 409; the specification has no 409 on POST. */
  readonly duplicate_user_status: 409 | 400;
  /** Unknown: 400, 201 with the one there is, or a second one. */
  readonly duplicate_assignment: 'refused' | 'same' | 'second';
  /** Unknown. */
  readonly deactivation: 'keeps_assignments' | 'drops_assignments';
  /** `ignored`: a PATCH of active answers 200 and changes nothing. */
  readonly patch_active: 'honoured' | 'ignored';
  /** The documents say that unknown paths are ignored with 200. */
  readonly unknown_patch_path: 'ignored' | 'refused';
  /** The SCIM documents allow it, errors 25012 and 25013 call it unsupported. */
  readonly email_change: 'honoured' | 'refused';
  /** Unknown: whether somebody inactive can be given a role. */
  readonly assign_inactive: 'accepted' | 'refused';
  /** Unknown: whether identities outside the organization stand among the role assignments. */
  readonly external_listed: boolean;
  /** Unknown: whether the owner of an account has a role assignment. */
  readonly owner_listed: boolean;
  /** Unknown: whether the organization's list of accounts has the subaccounts, too. */
  readonly subaccounts_listed: boolean;
  /** 404 is not among the documented answers of a DELETE. */
  readonly unknown_assignment_status: 404 | 400;
  /** What SCIM answers for an address that is a Twilio user elsewhere is unknown; most likely a duplicate. */
  readonly elsewhere_code: 25_022 | 25_019;
  /** Nobody promises reads after writes. Reads show the old state this long. */
  readonly read_lag_ms: number;
  /** No limit is published. */
  readonly requests_per_minute: number;
  /** No Retry-After is published; 0 leaves it out. */
  readonly retry_after_s: number;
  /** `lying` names another as the one who did it, `off` answers 403. */
  readonly events: 'kept' | 'empty' | 'lying' | 'off';
  readonly events_lag_ms: number;
  /** No event type for role assignments is published; where there are events of them, they are `user.updated` here. */
  readonly role_events: boolean;
  /** The specification's example leads to http://example.com. */
  readonly next_page_host: 'own' | 'foreign';
  /** The most rows of a page, however many are asked for: a lower one makes many pages. */
  readonly max_page_size: number;
  /** Newer services may answer with RFC 9457. */
  readonly iam_v1_errors: 'classic' | 'rfc9457';
  /** The documents write `more_info`, the specification `moreInfo`. */
  readonly more_info_key: 'more_info' | 'moreInfo';
  /** Error 25007: the most managed users. */
  readonly max_users: number;
}

export const DEFAULT_TWILIO_SWITCHES: TwilioSwitches = {
  token_status: 200,
  token_lifetime_s: 3600,
  token_expires_in: 'stated',
  iam_paths: 'there',
  preview_paths: 'there',
  roles_list: 'there',
  users_scope: true,
  accounts_scope: true,
  write_scope: true,
  missing_scope_status: 403,
  org_scope_listed: true,
  org_scope_assignable: false,
  administrator_beside_others: 'accepted',
  duplicate_user_status: 409,
  duplicate_assignment: 'refused',
  deactivation: 'keeps_assignments',
  patch_active: 'honoured',
  unknown_patch_path: 'ignored',
  email_change: 'honoured',
  assign_inactive: 'accepted',
  external_listed: true,
  owner_listed: false,
  subaccounts_listed: true,
  unknown_assignment_status: 404,
  elsewhere_code: 25_022,
  read_lag_ms: 0,
  requests_per_minute: 100_000,
  retry_after_s: 0,
  events: 'kept',
  events_lag_ms: 0,
  role_events: true,
  next_page_host: 'own',
  max_page_size: 1000,
  iam_v1_errors: 'classic',
  more_info_key: 'more_info',
  max_users: 100_000,
};

const YES_OR_NO = [true, false];

const ACCEPTED: Readonly<Record<keyof TwilioSwitches, Accepted>> = {
  token_status: [200, 201],
  token_lifetime_s: 1,
  token_expires_in: ['stated', 'absurd'],
  iam_paths: ['there', 'missing', 'refused'],
  preview_paths: ['there', 'missing'],
  roles_list: ['there', 'missing'],
  users_scope: YES_OR_NO,
  accounts_scope: YES_OR_NO,
  write_scope: YES_OR_NO,
  missing_scope_status: [401, 403],
  org_scope_listed: YES_OR_NO,
  org_scope_assignable: YES_OR_NO,
  administrator_beside_others: ['accepted', 'refused'],
  duplicate_user_status: [409, 400],
  duplicate_assignment: ['refused', 'same', 'second'],
  deactivation: ['keeps_assignments', 'drops_assignments'],
  patch_active: ['honoured', 'ignored'],
  unknown_patch_path: ['ignored', 'refused'],
  email_change: ['honoured', 'refused'],
  assign_inactive: ['accepted', 'refused'],
  external_listed: YES_OR_NO,
  owner_listed: YES_OR_NO,
  subaccounts_listed: YES_OR_NO,
  unknown_assignment_status: [404, 400],
  elsewhere_code: [25_022, 25_019],
  read_lag_ms: 0,
  requests_per_minute: 1,
  retry_after_s: 0,
  events: ['kept', 'empty', 'lying', 'off'],
  events_lag_ms: 0,
  role_events: YES_OR_NO,
  next_page_host: ['own', 'foreign'],
  max_page_size: 1,
  iam_v1_errors: ['classic', 'rfc9457'],
  more_info_key: ['more_info', 'moreInfo'],
  max_users: 0,
};

/** Reads some switches, leaving out those that are not given. */
export function parseTwilioSwitches(value: unknown, fail: Fail): Partial<TwilioSwitches> {
  return parseSwitches<TwilioSwitches>(value, ACCEPTED, fail);
}
