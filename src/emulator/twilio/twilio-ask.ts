import type { Prepared } from '../deliver-with-fault.ts';
import { type Fields, isFields } from '../read-fields.ts';
import type { EmulatedReply, EmulatedRequest } from '../vendor-error.ts';
import type { Organization, TwilioAccount, TwilioNeeds, TwilioState } from './twilio-state.ts';
import type { TwilioSwitches } from './twilio-switches.ts';

/** One request to one resource, told who asks. */
export interface Ask {
  readonly request: EmulatedRequest;
  /** What stands in the path where the resource has a SID. */
  readonly sid: string | null;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The origin that links lead to. */
  readonly origin: string;
  readonly isPreview: boolean;
  readonly state: TwilioState;
  readonly needs: TwilioNeeds;
  readonly switches: TwilioSwitches;
}

/** By a bearer token of an organization's app. */
export interface OrganizationAsk extends Ask {
  readonly organization: Organization;
}

/** By the SID and the token of an account. */
export interface AccountAsk extends Ask {
  readonly account: TwilioAccount;
}

export function onlyReply(reply: EmulatedReply): Prepared {
  return { reply, commit: null };
}

/** The body as a JSON object; null when it is none. */
export function readBody(body: string): Fields | null {
  try {
    const value: unknown = JSON.parse(body);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
