import { parseSwitches } from './parse-switches.ts';
import type { Fail } from './read-fields.ts';

/** One switch for each point where the sources contradict each other or are silent; the defaults follow the seeds. */
export interface TelnyxSwitches {
  /** Seed 001: the owner is not listed. Published users report: `organization_owner` is. */
  readonly list_owner: boolean;
  /** Seed 001: a duplicate e-mail is 422. Nobody says whether upper and lower case are told apart, or that it always holds. */
  readonly unique_email: boolean;
  /** Seed 001: 20. Published `/organizations/users`: 250. */
  readonly default_page_size: number;
  /** Seed 001 and the specification agree on 250; a lower one makes many pages of few rows. */
  readonly max_page_size: number;
  /** No source says what becomes of a larger `page[size]`: `clamp` to the maximum, or `refuse` with 422. */
  readonly page_size_over: 'clamp' | 'refuse';
  /** Seed 001's text relies on `meta.total_results`; `absent` leaves it and `total_pages` out of every list, since no schema requires them. */
  readonly total_results: 'stated' | 'absent';
  /** The portal's sentence on invitation limits has no known status: 422 like other refusals, or 429 with code 10011. */
  readonly limit_status: 422 | 429;
  /** Seed 001: `meta.next_page_url`. Published `meta` has none. */
  readonly next_page_url: 'present' | 'absent';
  /** Seed 003: 10 invitations an hour, counting deleted and revoked ones. Seed 001 is silent. */
  readonly per_hour: number;
  /** Seed 003: 10 open invitations. Seed 001 is silent. */
  readonly open: number;
  /** Nobody promises reads after writes; published audit events are "eventually consistent". Reads show the old state this long. */
  readonly read_lag_ms: number;
  /** Seed 001: PATCH changes the role. The published API has no role: `ignored` answers 200 and changes nothing. */
  readonly patch_role: 'honoured' | 'ignored';
  /** Seed 001's table calls the e-mail updatable, its text says PATCH does not support it: `refused` with 422, or `ignored`. */
  readonly patch_other_fields: 'refused' | 'ignored';
  /** Seed 001 lists status `invited`; in the published list pending invitations are not visible (reading one by id still works). */
  readonly invited_are_listed: boolean;
  /** Seed 001: rate limit headers unknown. Telnyx's documentation: `x-ratelimit-limit`, `-remaining`, `-reset` in seconds. */
  readonly rate_limit_headers: boolean;
  /** The documentation says there is a limit with 429 and code 10011, and publishes no number. */
  readonly requests_per_minute: number;
  /**
   * The published report has `organization_owner` in it and the list may have it too; seed 001 says that the owner is not listed. `listed` in
   * both, `reported` in the report alone, `hidden` in neither.
   */
  readonly organization_owner: 'listed' | 'reported' | 'hidden';
  /** Nothing says what becomes of a removed user: `gone`, still there as `disabled` or `blocked`, or still `enabled`. */
  readonly removed_user: 'gone' | 'disabled' | 'blocked' | 'enabled';
  /** Nothing says what the removal of the owner answers. */
  readonly remove_owner_status: 400 | 403;
  /** The published `last_sign_in_at` may be `null`, and no schema requires it. */
  readonly last_sign_in: 'told' | 'null' | 'absent';
  /** The published audit log is "best-effort": `empty` has no events, `lying` names another as the one who did it, `off` answers 403. */
  readonly audit_log: 'kept' | 'empty' | 'lying' | 'off';
  /** It is also "eventually consistent": an event appears this long after it happened. */
  readonly audit_lag_ms: number;
}

export const DEFAULT_TELNYX_SWITCHES: TelnyxSwitches = {
  list_owner: false,
  unique_email: true,
  default_page_size: 20,
  max_page_size: 250,
  page_size_over: 'clamp',
  total_results: 'stated',
  limit_status: 422,
  next_page_url: 'present',
  per_hour: 10,
  open: 10,
  read_lag_ms: 0,
  patch_role: 'honoured',
  patch_other_fields: 'refused',
  invited_are_listed: true,
  rate_limit_headers: true,
  requests_per_minute: 100_000,
  organization_owner: 'listed',
  removed_user: 'gone',
  remove_owner_status: 403,
  last_sign_in: 'told',
  audit_log: 'kept',
  audit_lag_ms: 0,
};

/** What each switch accepts: a list of values, or a whole number from this one up. */
const ACCEPTED = {
  list_owner: [true, false],
  unique_email: [true, false],
  default_page_size: 1,
  max_page_size: 1,
  page_size_over: ['clamp', 'refuse'],
  total_results: ['stated', 'absent'],
  limit_status: [422, 429],
  next_page_url: ['present', 'absent'],
  per_hour: 0,
  open: 0,
  read_lag_ms: 0,
  patch_role: ['honoured', 'ignored'],
  patch_other_fields: ['refused', 'ignored'],
  invited_are_listed: [true, false],
  rate_limit_headers: [true, false],
  requests_per_minute: 1,
  organization_owner: ['listed', 'reported', 'hidden'],
  removed_user: ['gone', 'disabled', 'blocked', 'enabled'],
  remove_owner_status: [400, 403],
  last_sign_in: ['told', 'null', 'absent'],
  audit_log: ['kept', 'empty', 'lying', 'off'],
  audit_lag_ms: 0,
} as const satisfies Record<keyof TelnyxSwitches, number | readonly unknown[]>;

/** Reads some switches, leaving out those that are not given. */
export function parseTelnyxSwitches(value: unknown, fail: Fail): Partial<TelnyxSwitches> {
  return parseSwitches<TelnyxSwitches>(value, ACCEPTED, fail);
}
