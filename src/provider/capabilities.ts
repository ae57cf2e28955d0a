import type { Capabilities } from '../model.ts';
import { TELNYX_SUB_USERS } from './telnyx/telnyx-capabilities.ts';

/** Every vendor API that rollcall knows. A new provider adds its line here and in `create-providers.ts`. */
export const CAPABILITIES: readonly Capabilities[] = [TELNYX_SUB_USERS];

/** What this API can do, or null when there is no such API. */
export function capabilitiesOf(provider: string, api: string): Capabilities | null {
  return CAPABILITIES.find((known) => known.provider === provider && known.api === api) ?? null;
}
