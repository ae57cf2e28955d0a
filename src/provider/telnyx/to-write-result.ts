import type { WriteResult } from '../../model.ts';
import type { Answer } from '../vendor-client.ts';

/**
 * What a write's answer means, in both of Telnyx's APIs. Telnyx says 422 to three different things; its own code and words tell them apart:
 * 10012 is a duplicate, "too many active invitations" the limit of open ones, "existing Telnyx account" an address that is taken.
 */
export function toWriteResult(answer: Answer, principalId: string | null): WriteResult {
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
      return { kind: 'refused', message: 'the vendor does not know this user (404)' };
    case 'refused':
      return refusalOf(answer);
    default:
      return answer satisfies never;
  }
}

function refusalOf({ status, code, message }: Extract<Answer, { kind: 'refused' }>): WriteResult {
  const words = message.toLowerCase();
  if (words.includes('too many active invitations') || words.includes('per hour')) return { kind: 'limited', message };
  if (/(existing|already has an?|own) telnyx account/.test(words)) return { kind: 'address_taken', message };
  if (code === '10012' || status === 409) return { kind: 'duplicate', message };
  return { kind: 'refused', message };
}
