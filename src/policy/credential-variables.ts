/** The environment variables an account's credentials come from, by convention from its name in upper snake case. */
export function credentialVariables(accountName: string): { readonly apiKey: string } {
  return { apiKey: `${accountName.toUpperCase().replaceAll('-', '_')}_API_KEY` };
}
