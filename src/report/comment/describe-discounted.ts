import type { Discounted } from '../../pull.ts';

/** Why somebody may not be the one who approves what rollcall proposed, as a clause. */
export function describeDiscounted({ why }: Discounted): string {
  return WHY[why];
}

const WHY = {
  asked: 'they asked for it',
  concerned: 'they likely made the difference, or gain by it',
  unknown: 'policy does not say whose login this is',
  pushed: 'no person opened this pull request and its newest commit is not by rollcall, so it may be their own',
} satisfies Record<Discounted['why'], string>;
