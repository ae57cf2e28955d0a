import { RollcallError } from '../errors.ts';
import { visible } from '../text/encode.ts';
import { createOctokit, type OctokitOptions } from './create-octokit.ts';
import { findIdentity, type Identity } from './find-identity.ts';
import type { GitHub } from './github.ts';
import { openLine } from './open-line.ts';
import { proposePull } from './propose-pull.ts';
import { publishCheck } from './publish-check.ts';
import { readPeople } from './read-people.ts';
import { readProtection } from './read-protection.ts';
import { readPulls } from './read-pulls.ts';
import { sayComment } from './say-comment.ts';
import { writeBranch } from './write-branch.ts';
import { writeIssues } from './write-issues.ts';

export interface GitHubOptions extends OctokitOptions {
  /** `https://github.com`: what links begin with. */
  readonly serverUrl: string;
  /** `acme/access`. */
  readonly repository: string;
  readonly token: string;
  /** A token that may read the members of teams; null where the first one has to do. */
  readonly membersToken: string | null;
  /** Whose comments and check runs are ours; null for whom the token says, and for GitHub Actions where it may not say. */
  readonly identity: { readonly userId: number; readonly appId: number } | null;
}

/** GitHub's REST API as rollcall needs it. Nothing is asked before the first call. */
export function openGitHub(options: GitHubOptions): GitHub {
  const { serverUrl, repository, token, membersToken } = options;
  const [owner = '', repo = '', ...more] = repository.split('/');
  if (more.length > 0 || !NAME.test(owner) || !NAME.test(repo)) {
    throw new RollcallError('githubRepositoryUnreadable', visible(repository));
  }
  const apiUrl = safeUrl('GITHUB_API_URL', options.apiUrl);
  const url = `${safeUrl('GITHUB_SERVER_URL', serverUrl)}/${repository}`;
  const secrets = [token, ...(membersToken === null ? [] : [membersToken])];
  const lineFor = (secret: string) => openLine(createOctokit(secret, { ...options, apiUrl }), { owner, repo }, secrets);
  const line = lineFor(token);
  const pulls = readPulls(line);
  let known: Promise<Identity> | null = null;
  const identity = (): Promise<Identity> => {
    known ??= options.identity === null ? findIdentity(line) : Promise.resolve(options.identity);
    return known;
  };
  return {
    repository,
    url,
    pulls: { ...pulls, propose: proposePull(line, pulls.ofBranch) },
    people: readPeople(line, membersToken === null ? line : lineFor(membersToken)),
    speech: { ...publishCheck(line, identity), say: sayComment(line, url, identity) },
    branches: writeBranch(line),
    issues: writeIssues(line, url, identity),
    protection: readProtection(line),
  };
}

/** What GitHub allows in the names of owners and repositories; a name of dots alone would climb in the path. */
const NAME = /^(?!\.+$)[A-Za-z0-9._-]{1,100}$/;

/** The address without a slash at its end. Only https, and http to this machine by its address, may see a token. */
function safeUrl(variable: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  const isHere = url !== null && (url.hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(url.hostname));
  const isSafe = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isHere));
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === null || !isSafe || !isPlain) throw new RollcallError('githubOriginUnsafe', variable);
  return `${url.origin}${url.pathname.replace(/^(.*[^/])?\/+$/s, '$1')}`;
}
