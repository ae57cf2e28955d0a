import { type GithubReply, invalid, noContent, notFound, ok, refusal, refuseBody } from './github-reply.ts';
import { type Ask, pageOf, type Route, textOf } from './github-route.ts';
import type { Comment, Issue } from './github-state.ts';
import { closeIssue, reopenIssue } from './notice-pushes.ts';
import { addIssue } from './open-pull.ts';
import { shapeComment, shapeIssue, shapeLabel } from './shape-issue.ts';

/** Issues, their labels, and the comments on issues and pull requests. */
export const ISSUE_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/issues', needs: ['read', 'issues'], answer: listIssues },
  { method: 'POST', path: '/issues', needs: ['write', 'issues'], answer: makeIssue },
  {
    method: 'GET',
    path: '/issues/comments/:id',
    needs: ['read', 'issues', 'pull-requests'],
    answer: (ask) => withComment(ask, (one) => show(ask, one)),
  },
  {
    method: 'PATCH',
    path: '/issues/comments/:id',
    needs: ['write', 'issues', 'pull-requests'],
    answer: (ask) => withComment(ask, (one) => edit(ask, one)),
  },
  {
    method: 'DELETE',
    path: '/issues/comments/:id',
    needs: ['write', 'issues', 'pull-requests'],
    answer: (ask) => withComment(ask, (one) => drop(ask, one)),
  },
  {
    method: 'GET',
    path: '/issues/:number',
    needs: ['read', 'issues', 'pull-requests'],
    answer: (ask) => withIssue(ask, (one) => shown(ask, one)),
  },
  {
    method: 'PATCH',
    path: '/issues/:number',
    needs: ['write', 'issues', 'pull-requests'],
    answer: (ask) => withIssue(ask, (one) => change(ask, one)),
  },
  {
    method: 'GET',
    path: '/issues/:number/comments',
    needs: ['read', 'issues', 'pull-requests'],
    answer: (ask) => withIssue(ask, (one) => listComments(ask, one)),
  },
  {
    method: 'POST',
    path: '/issues/:number/comments',
    needs: ['write', 'issues', 'pull-requests'],
    answer: (ask) => withIssue(ask, (one) => comment(ask, one)),
  },
  {
    method: 'GET',
    path: '/issues/:number/labels',
    needs: ['read', 'issues', 'pull-requests'],
    answer: (ask) => withIssue(ask, (one) => labelsOf(ask, one)),
  },
  {
    method: 'POST',
    path: '/issues/:number/labels',
    needs: ['write', 'issues', 'pull-requests'],
    answer: (ask) => withIssue(ask, (one) => addLabels(ask, one)),
  },
];

/** A permission for pull requests opens nothing of an issue that is none. */
function withIssue(ask: Ask, act: (issue: Issue) => GithubReply, number = Number(ask.params['number'])): GithubReply {
  const issue = ask.repository.issues.get(number);
  if (issue === undefined) return notFound();
  if (issue.pull === null && !ask.repository.hasIssues) return issuesAreOff();
  const mayIssues = ask.token === null || !ask.repository.isPrivate || (ask.token.permissions.issues ?? 'none') !== 'none';
  return issue.pull === null && !mayIssues ? refusal(403, 'Resource not accessible by integration') : act(issue);
}

/** Source: docs.github.com/rest/issues, "Create an issue". */
function issuesAreOff(): GithubReply {
  return refusal(410, 'Issues has been disabled in this repository.');
}

function withComment(ask: Ask, act: (comment: Comment) => GithubReply): GithubReply {
  const found = ask.repository.comments.get(Number(ask.params['id']));
  return found === undefined ? notFound() : withIssue(ask, () => act(found), found.issue);
}

function listIssues(ask: Ask): GithubReply {
  const { state, repository, query } = ask;
  const wanted = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const creator = query.get('creator');
  const sort = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const sign = query.get('direction') === 'asc' ? 1 : -1;
  // Where issues are switched off the list goes on with the pull requests alone.
  const found = [...repository.issues.values()]
    .filter(({ pull }) => repository.hasIssues || pull !== null)
    .filter((issue) => wanted === 'all' || issue.state === wanted)
    .filter((issue) => labels.every((name) => issue.labels.includes(name)))
    .filter((issue) => creator === null || issue.author.login === creator)
    .toSorted((a, b) => sign * (a[sort] - b[sort] || a.number - b.number));
  const { rows, headers } = pageOf(ask, found);
  return { ...ok(rows.map((issue) => shapeIssue(state, repository, issue))), headers };
}

function makeIssue(ask: Ask): GithubReply {
  const { state, repository, token, user, body } = ask;
  if (!repository.hasIssues) return issuesAreOff();
  const title = textOf(body['title']) ?? '';
  if (title === '') return invalid({ resource: 'Issue', code: 'missing_field', field: 'title' });
  const text = textOf(body['body']) ?? '';
  const refused = text === '' ? null : refuseBody('Issue', text);
  if (refused !== null) return refused;
  const labels = namesOf(body['labels']);
  const issue = addIssue(state, repository, { title, body: text, author: user, appId: token?.appId ?? null, labels, pull: null });
  return ok(shapeIssue(state, repository, issue), 201);
}

function shown({ state, repository }: Ask, issue: Issue): GithubReply {
  return ok(shapeIssue(state, repository, issue));
}

function change(ask: Ask, issue: Issue): GithubReply {
  const { state, body } = ask;
  const text = body['body'];
  const refused = text === undefined || text === null || text === '' ? null : refuseBody('Issue', text);
  if (refused !== null) return refused;
  if (typeof text === 'string') issue.body = text;
  issue.title = textOf(body['title']) ?? issue.title;
  if (body['labels'] !== undefined) issue.labels = namesOf(body['labels']);
  if (body['state'] === 'closed' && issue.state === 'open') closeIssue(state, issue);
  if (body['state'] === 'open') reopenIssue(state, issue);
  issue.updatedAt = state.clock.now();
  return shown(ask, issue);
}

function listComments(ask: Ask, issue: Issue): GithubReply {
  const { state, repository, query } = ask;
  const since = Date.parse(query.get('since') ?? '') || 0;
  const all = [...repository.comments.values()].filter((one) => one.issue === issue.number && one.updatedAt >= since);
  const { rows, headers } = pageOf(ask, all);
  return { ...ok(rows.map((one) => shapeComment(state, repository, one))), headers };
}

function comment(ask: Ask, issue: Issue): GithubReply {
  const { state, repository, token, user, body } = ask;
  if (issue.locked) return refusal(403, 'Unable to create comment because issue is locked.');
  const refused = refuseBody('IssueComment', body['body']);
  if (refused !== null) return refused;
  const now = state.clock.now();
  const made: Comment = {
    id: state.nextId(),
    issue: issue.number,
    author: user,
    appId: token?.appId ?? null,
    body: String(body['body']),
    createdAt: now,
    updatedAt: now,
  };
  repository.comments.set(made.id, made);
  issue.updatedAt = now;
  return ok(shapeComment(state, repository, made), 201);
}

function show({ state, repository }: Ask, one: Comment): GithubReply {
  return ok(shapeComment(state, repository, one));
}

/** Whoever may write here may edit anybody's comment; it stays that author's. */
function edit(ask: Ask, one: Comment): GithubReply {
  const refused = refuseBody('IssueComment', ask.body['body']);
  if (refused !== null) return refused;
  one.body = String(ask.body['body']);
  one.updatedAt = ask.state.clock.now();
  return show(ask, one);
}

function drop({ repository }: Ask, one: Comment): GithubReply {
  repository.comments.delete(one.id);
  return noContent();
}

function labelsOf(ask: Ask, issue: Issue): GithubReply {
  const { rows, headers } = pageOf(ask, issue.labels);
  return { ...ok(rows.map((name) => shapeLabel(ask.state, ask.repository, name))), headers };
}

function addLabels(ask: Ask, issue: Issue): GithubReply {
  issue.labels = [...new Set([...issue.labels, ...namesOf(ask.body['labels'])])];
  return labelsOf(ask, issue);
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}
