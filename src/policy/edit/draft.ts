import type { AccountPolicy, Capabilities, Change, Day, DesiredState, Holding } from '../../model.ts';
import type { Attribution } from '../../watch.ts';
import type { Policies } from '../policies.ts';
import type { YamlEdit } from './edit-yaml.ts';
import type { CapabilitiesOfAccount } from './outline-access.ts';

/** One difference that policy is to come to. */
export interface Goal {
  readonly change: Change;
  readonly likely: Attribution | null;
  readonly principal: string;
  readonly policy: AccountPolicy;
  readonly capabilities: Capabilities;
  /** What policy says now, and what is live. */
  readonly current: Holding;
  readonly target: Holding;
  /** The live name, where the account enforces names and this one is another; null where no name is adopted. */
  readonly name: string | null;
}

/** What the drafting of edits looks things up in. */
export interface DraftContext {
  readonly policies: Policies;
  readonly desired: DesiredState;
  readonly folder: string;
  readonly today: Day;
  readonly capabilitiesOf: CapabilitiesOfAccount;
}

/** Edits before any text is touched. */
export interface Draft {
  readonly edits: readonly FileEdit[];
  readonly teams: readonly NewTeam[];
  readonly people: readonly NewPeople[];
}

export interface FileEdit {
  /** Inside the folder of policies. */
  readonly path: string;
  readonly edit: YamlEdit;
  /** What it is made for: principals, or ends by where they stand. */
  readonly causes: readonly string[];
}

/** A file of its own; it gets a name that is free. */
export interface NewTeam {
  readonly stem: string;
  /** One line or several. */
  readonly comment: string;
  readonly members: readonly { readonly email: string; readonly until: Day | null }[];
  readonly grants: readonly NewGrant[];
}

export interface NewGrant {
  readonly account: string;
  readonly role: string | null;
  readonly group: string | null;
  readonly reason: string;
  readonly until: Day | null;
  /** Comments above it, a line each. */
  readonly notes?: readonly string[];
}

export interface NewPeople {
  readonly stem: string;
  readonly comment: string;
  readonly people: readonly NewPerson[];
}

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  /** Comments above the entry, a line each. */
  readonly notes?: readonly string[];
}
