import type { Answer } from './vendor-client.ts';

/** Who asks. A token of its own is fetched when it is needed, and told anew by whoever fetches it. */
export type Credential =
  | { readonly kind: 'bearer'; readonly key: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | {
      readonly kind: 'oauth';
      readonly token: () => Promise<Token>;
      /** Gives up a token that was refused; false where another one would be no better. */
      readonly drop: () => boolean;
      readonly secrets: () => readonly string[];
    }
  /** The request carries its credential in its body. */
  | { readonly kind: 'none'; readonly secrets: readonly string[] };

/** A token, or the answer that there is instead of one; whatever it was wanted for was not sent. */
export type Token = { readonly kind: 'token'; readonly token: string } | Extract<Answer, { kind: 'credentials' | 'limited' | 'unsent' }>;

/** What the header says, or the answer that there is instead of it. */
export async function authorizationOf(credential: Credential): Promise<string | Exclude<Token, { kind: 'token' }>> {
  switch (credential.kind) {
    case 'bearer':
      return `Bearer ${credential.key}`;
    case 'basic':
      return `Basic ${Buffer.from(`${credential.user}:${credential.password}`, 'utf8').toString('base64')}`;
    case 'oauth': {
      const token = await credential.token();
      return token.kind === 'token' ? `Bearer ${token.token}` : token;
    }
    case 'none':
      return '';
    default:
      return credential satisfies never;
  }
}

/** What must never be seen of it. */
export function secretsOf(credential: Credential): readonly string[] {
  switch (credential.kind) {
    case 'bearer':
      return [credential.key];
    case 'basic':
      return [credential.password, `${credential.user}:${credential.password}`];
    case 'oauth':
      return credential.secrets();
    case 'none':
      return credential.secrets;
    default:
      return credential satisfies never;
  }
}
