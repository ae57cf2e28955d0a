import type { CapabilitiesOf, Day } from '../../model.ts';
import { type LoadedPolicies, loadPolicies } from '../load-policies.ts';
import type { DraftContext } from './draft.ts';
import { type PolicyTexts, sourceOfTexts } from './read-policy-texts.ts';

/** Policies that are about to be edited. */
export interface EditInput {
  /** Every policy file. */
  readonly texts: PolicyTexts;
  /** As the user gave it: what places name files by. */
  readonly folder: string;
  /** The day for which ends are judged. */
  readonly today: Day;
  readonly capabilitiesOf: CapabilitiesOf;
}

export function loadTexts({ folder, today, capabilitiesOf }: EditInput, texts: PolicyTexts): Promise<LoadedPolicies> {
  return loadPolicies({ source: sourceOfTexts(texts), folder, today, capabilitiesOf, commit: null });
}

/** What edits are drafted from; null when the policies are invalid. */
export async function openContext(input: EditInput): Promise<DraftContext | null> {
  const { policies, desired } = await loadTexts(input, input.texts);
  if (policies === null || desired === null) return null;
  const capabilitiesOf = (account: string) => {
    const policy = desired.accounts.get(account)?.policy;
    return policy === undefined ? null : input.capabilitiesOf(policy);
  };
  return { policies, desired, folder: input.folder, today: input.today, capabilitiesOf };
}

/** What makes edited policies invalid, as a clause; null when they are valid. */
export function whyInvalid({ desired, findings }: LoadedPolicies): string | null {
  if (desired !== null) return null;
  const error = findings.find((found) => found.severity === 'error');
  return `the policies would be invalid (${error?.file}: ${error?.message}); edit them by hand`;
}
