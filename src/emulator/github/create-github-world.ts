import { RollcallError } from '../../errors.ts';
import type { Clock, Git, Random } from '../../ports.ts';
import { visible } from '../../text/encode.ts';
import { createQueue, type InTurn } from './create-queue.ts';
import { createRepository, type NewRepository } from './create-repository.ts';
import { createGithubFaults, type GithubFault, type GithubFaults } from './github-faults.ts';
import { ACTIONS_BOT, findOrAddUser, type GithubState, type GithubToken, type User } from './github-state.ts';
import { openPeople, type People } from './open-people.ts';

/** One request as GitHub saw it: what a test believes, whatever the client says. */
export interface GithubRequest {
  readonly at: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Null when no answer went out. */
  readonly status: number | null;
  readonly mutating: boolean;
  readonly tokenKind: GithubToken['kind'] | null;
  readonly login: string | null;
  readonly fault: GithubFault['kind'] | null;
  /** Empty for reads and for git's own traffic. */
  readonly body: string;
}

export interface GithubWorldOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly git: (folder: string) => Git;
  /** An existing folder of our own: bare repositories are made in it and stay there. */
  readonly folder: string;
}

/** An emulated GitHub as people see it. */
export interface GithubWorld {
  createRepository(wanted: NewRepository): Promise<People>;
  /** The people's side of a repository, `acme/access`; of the first one when no name is given. */
  repository(name?: string): People;
  addUser(user: { readonly login: string; readonly id?: number; readonly type?: User['type'] }): User;
  addToken(token: GithubToken): void;
  setTeam(org: string, slug: string, logins: readonly string[]): void;
  readonly faults: GithubFaults;
  /** Every request, oldest first; of very many the newest. */
  readonly requests: readonly GithubRequest[];
}

/** The world, and what the endpoints need of it. */
export interface OpenedWorld {
  readonly world: GithubWorld;
  readonly state: GithubState;
  readonly inTurn: InTurn;
  note(request: Omit<GithubRequest, 'at'>): void;
}

/** An emulator that runs for days must not fill the memory. */
const MAX_RECORDS = 20_000;
const FIRST_ID = 1_000_001;

export function createGithubWorld({ clock, random, git, folder }: GithubWorldOptions): OpenedWorld {
  let lastId = FIRST_ID;
  const state: GithubState = {
    origin: '',
    clock,
    random,
    gitIn: git,
    folder,
    tokens: [],
    users: new Map([[ACTIONS_BOT.login, ACTIONS_BOT]]),
    teams: new Map(),
    repositories: new Map(),
    nextId: () => {
      lastId += 1;
      return lastId;
    },
  };
  const inTurn = createQueue();
  const requests: GithubRequest[] = [];
  const world: GithubWorld = {
    createRepository: (wanted) => inTurn(async () => openPeople(state, await createRepository(state, wanted), inTurn)),
    repository: (name) => {
      const found = name === undefined ? [...state.repositories.values()][0] : state.repositories.get(name.toLowerCase());
      if (found === undefined) throw new RollcallError('usage', `the emulated GitHub has no repository ${visible(name ?? '')}.`);
      return openPeople(state, found, inTurn);
    },
    addUser: ({ login, id, type = 'User' }) => {
      if (id === undefined) return findOrAddUser(state, login, type);
      const user = { id, login, type };
      state.users.set(login.toLowerCase(), user);
      return user;
    },
    addToken: (token) => {
      state.tokens.push(token);
      const { login, userId } = token;
      if (!state.users.has(login.toLowerCase())) world.addUser({ login, id: userId, type: token.kind === 'user' ? 'User' : 'Bot' });
    },
    setTeam: (org, slug, logins) => {
      state.teams.set(`${org}/${slug}`.toLowerCase(), new Set(logins.map((login) => findOrAddUser(state, login).login.toLowerCase())));
    },
    faults: createGithubFaults(),
    requests,
  };
  const note = (request: Omit<GithubRequest, 'at'>): void => {
    if (requests.length >= MAX_RECORDS) requests.splice(0, MAX_RECORDS / 2);
    requests.push({ at: clock.now(), ...request });
  };
  return { world, state, inTurn, note };
}
