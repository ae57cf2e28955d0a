/** Where each surface of Twilio lives: scheme and host. */
export interface TwilioOrigins {
  readonly oauth: string;
  readonly iam: string;
  readonly previewIam: string;
  readonly api: string;
  readonly monitor: string;
}

/**
 * Twilio's hosts (its OpenAPI descriptions and docs/iam of 2026). Constants: nothing in a policy, a plan or an answer can name another
 * one. `replaced`, an origin on this machine, stands for all of them; paths stay.
 */
export function twilioOrigins(replaced: string | null): TwilioOrigins {
  if (replaced !== null) return { oauth: replaced, iam: replaced, previewIam: replaced, api: replaced, monitor: replaced };
  return {
    oauth: 'https://oauth.twilio.com',
    iam: 'https://iam.twilio.com',
    previewIam: 'https://preview-iam.twilio.com',
    api: 'https://api.twilio.com',
    monitor: 'https://monitor.twilio.com',
  };
}
