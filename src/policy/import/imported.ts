import type { DesiredState, Finding, LeftAlone, Observation } from '../../model.ts';
import type { EditInput } from '../edit/open-context.ts';

export interface ImportInput extends EditInput {
  /** Accounts of policy that were read whole; the subaccounts that one fans out to are not among them, since its file speaks for them. */
  readonly accounts: readonly ImportAccount[];
}

export interface ImportAccount {
  readonly observation: Observation;
  /** Whom a plan of this account shows and never touches, and why. */
  readonly leftAlone: readonly LeftAlone[];
}

/** One role or group in one account, as a grant names it. */
export interface Word {
  readonly account: string;
  readonly role: string | null;
  readonly group: string | null;
}

/** What a person has to decide, or should know; `says` is a clause that reads on from whom it is about. */
export interface Decision {
  readonly principal: string | null;
  readonly account: string | null;
  readonly says: string;
}

/** Somebody whom policy does not come to name, or not there: why, as a clause. */
export interface LeftOut {
  readonly account: string;
  readonly principal: string;
  readonly why: string;
}

export interface Imported {
  readonly kind: 'imported';
  /** The files that are another or new, whole, by path inside the folder. */
  readonly files: ReadonlyMap<string, string>;
  readonly edited: readonly ImportedFile[];
  /** Access by the policies as they are now. */
  readonly desired: DesiredState;
  /** What `validate` says of them: warnings. */
  readonly findings: readonly Finding[];
  /** People who came into people/. */
  readonly people: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly decisions: readonly Decision[];
}

/** What went wrong is a fault of rollcall: nothing may be written. */
export interface ImportFault {
  readonly kind: 'fault';
  /** A clause. */
  readonly why: string;
}

/** A file that was edited or made, and what it holds now: people, or a team. */
export interface ImportedFile {
  readonly path: string;
  readonly isNew: boolean;
  readonly people: number | null;
  readonly members: number | null;
  readonly grants: readonly Word[];
}
