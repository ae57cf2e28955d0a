import type { Capabilities, CapabilitiesOf } from '../model.ts';
import { TELNYX_SUB_USERS } from './telnyx/telnyx-capabilities.ts';
import { TELNYX_ORGANIZATIONS } from './telnyx/telnyx-organizations-capabilities.ts';
import { TWILIO_CONSOLE } from './twilio/twilio-console-capabilities.ts';
import { TWILIO_ORGANIZATION } from './twilio/twilio-organization-capabilities.ts';

/** Every vendor API that rollcall knows. A new provider adds its line here and in `create-providers.ts`. */
export const KNOWN: readonly Capabilities[] = [TELNYX_SUB_USERS, TELNYX_ORGANIZATIONS, TWILIO_ORGANIZATION, TWILIO_CONSOLE];

const withOwn = new WeakMap<object, Capabilities>();

/** What an account's API can do, with the privileged roles and groups that its file names; null when there is no such API. */
export const capabilitiesOf: CapabilitiesOf = (account) => {
  const cached = withOwn.get(account);
  if (cached !== undefined) return cached;
  const { provider, api, privilegedRoles, privilegedGroups } = account;
  const known = KNOWN.find((one) => one.provider === provider && one.api === api);
  if (known === undefined) return null;
  const own: Capabilities = {
    ...known,
    privilegedRoles: [...known.privilegedRoles, ...privilegedRoles],
    privilegedGroups: [...known.privilegedGroups, ...privilegedGroups],
    // Who manages an organization, or its keys, reads the keys.
    keyRoles: [...known.keyRoles, ...privilegedRoles],
    keyGroups: [...known.keyGroups, ...privilegedGroups],
  };
  withOwn.set(account, own);
  return own;
};
