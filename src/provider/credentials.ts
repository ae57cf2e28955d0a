/** What opens one account. Values are secrets: they reach a client and nothing else. */
export type Credentials =
  | { readonly provider: 'telnyx'; readonly apiKey: string }
  | {
      readonly provider: 'twilio';
      /** The OAuth app of the organization; null for an account that the console alone manages. */
      readonly client: { readonly id: string; readonly secret: string } | null;
      /** For keys and events; null where they are not given. */
      readonly account: { readonly sid: string; readonly authToken: string } | null;
    };
