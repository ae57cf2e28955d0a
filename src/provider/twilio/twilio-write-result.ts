import type { WriteResult } from '../../model.ts';
import type { Answer } from '../vendor-client.ts';

/** The address cannot be made a login here: its domain is not verified, or it is a login of another organization's. */
const DOMAIN_UNVERIFIED = '25017';
const VERSION_CONFLICT = '25020';
const DUPLICATE_USER = '25022';

/**
 * What a write's answer means; the codes are those of docs/api/errors/25xxx. What else is refused (25007 the limit of users, 25009 a
 * suspended user, 25016 the owner, 25201 an identity the organization does not manage) stays refused in the vendor's words.
 */
export function twilioWriteResult(answer: Answer, principalId: string | null): WriteResult {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'accepted', principalId };
    case 'credentials':
      return { kind: 'credentials', message: answer.message };
    case 'limited':
      return { kind: 'postponed', message: answer.message, notBefore: new Date(answer.notBeforeMs).toISOString() };
    case 'stale':
      return { kind: 'stale', message: answer.message };
    case 'unsent':
      return { kind: 'unsent', message: answer.message };
    case 'lost':
      return { kind: 'undecided', message: answer.message };
    case 'absent':
      return { kind: 'refused', message: answer.message };
    case 'refused':
      return refusalOf(answer);
    default:
      return answer satisfies never;
  }
}

/** A read that a write needed and did not get: nothing was sent that changes anything. */
export function unreadResult(answer: Exclude<Answer, { kind: 'ok' }>): WriteResult {
  return answer.kind === 'lost' ? { kind: 'unsent', message: answer.message } : twilioWriteResult(answer, null);
}

function refusalOf({ status, code, message }: Extract<Answer, { kind: 'refused' }>): WriteResult {
  if (code === DOMAIN_UNVERIFIED) return { kind: 'address_taken', message };
  if (code === DUPLICATE_USER) return { kind: 'duplicate', message };
  // 412 is what a failed If-Match is by RFC 7644; Twilio documents 409 with a code of its own.
  if (code === VERSION_CONFLICT || status === 409 || status === 412) return { kind: 'stale', message };
  return { kind: 'refused', message };
}
