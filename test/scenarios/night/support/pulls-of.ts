import { type Office, readable } from '../../github/support/create-office.ts';

export interface ProposedPull {
  readonly number: number;
  readonly author: string;
  readonly state: string;
  readonly branch: string;
  readonly title: string;
  readonly body: string;
}

/** The pull requests that rollcall itself opened, oldest first. */
export function pullsOf({ people, github }: Office): ProposedPull[] {
  return [...people.repository.issues.values()].flatMap(({ number, author, state, title, body, pull }) =>
    pull === null || !pull.head.branch.startsWith('rollcall/')
      ? []
      : [{ number, author: author.login, state, branch: pull.head.branch, title, body: readable(body, github.origin) }],
  );
}
