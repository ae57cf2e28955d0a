import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile } from '../../support/company.ts';
import { createOffice, type Ended, type Office } from '../support/create-office.ts';

const HOSTILE =
  '::error::pwned ##[error]pwned\r\n::set-output name=x::y @acme/security <img src=x onerror=alert(1)> | a | b | `code` ```\n# title [x](https://evil.example) <!-- rollcall:1 --> \u001b[31mred \u202egnp';
/** What a grant's reason and a person's name in policy may hold: one line. */
const QUOTED = `"${'::error::pwned ##[error]x @acme/security <img src=x> | ` ``` [x](https://evil.example)'}"`;
const OWN_TAGS = /<\/?(?:details|summary|code|sub)>/g;

let office: Office;
afterEach(() => office.stop());

test('whatever people and vendors are called, it commands no runner, calls nobody and breaks no table', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings: 'names: enforce\n' } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'stranger member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const portal = office.vendor.portal();
  portal.rename('bob@acme.example', HOSTILE);
  portal.rename('stranger@acme.example', HOSTILE);
  portal.setRole('stranger@acme.example', HOSTILE);
  const texts: Ended[] = [await office.apply({ event: 'workflow_dispatch' })];

  const pull = await office.propose('ada', HOSTILE, {
    'people/hedy.yaml': `- email: hedy@acme.example\n  name: ${QUOTED}\n`,
    'teams/hedy.yaml': `members: [hedy@acme.example]\ngrants:\n  - { account: ${PRODUCTION}, role: admin, reason: ${QUOTED} }\n`,
  });
  texts.push(await office.plan(pull));
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  await office.people.review(pull, { by: '`grace`|<b>@acme', state: 'approved' });
  await office.approve(pull, 'grace');
  texts.push(await office.plan(pull));
  await office.merge(pull);

  const errors = [{ code: HOSTILE, title: HOSTILE, detail: HOSTILE }];
  office.vendor.faults.add({ kind: 'status', status: 422, match: { method: 'POST' }, body: JSON.stringify({ errors }) });
  texts.push(await office.apply());
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');

  const files = {
    'teams/::error::pwned.yaml': 'x\n',
    'teams/##[error]pwned.yaml': 'x\n',
    'people/<img src=x>|`a`.yaml': peopleFile(['ivy']),
    'people/new\nline ::error::.yaml': peopleFile(['ivy']),
    'people/cr\r::error::.yaml': peopleFile(['ivy']),
    'people/broken.yaml': `- email: ${QUOTED}\n  ::error::pwned: ##[error]\n`,
  };
  const broken = await office.propose('ada', 'Broken', files);
  const invalid = await office.plan(broken);
  expect(invalid.exit).toBe(3);
  texts.push(invalid);
  await expect(office.comment(broken)).toMatchFileSnapshot('invalid.md');
  await office.merge(broken);
  texts.push(await office.apply());

  for (const { stdout, stderr, summary } of texts) for (const text of [stdout, stderr, summary]) commandsNothing(text);
  const { comments, checks } = office.people.repository;
  for (const { body } of comments.values()) isTameMarkdown(body.replace(/^<!-- rollcall:\d+ -->\n/, ''));
  for (const { title, summary, text, annotations } of checks.values()) {
    isTameMarkdown(summary ?? '');
    commandsNothing(`${title} ${text}`);
    for (const one of annotations) commandsNothing(`${one.title} ${one.message} ${one.path}`);
  }
});

function commandsNothing(text: string): void {
  expect(text).not.toContain('::');
  expect(text).not.toContain('##[');
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
}

/** Outside of code nobody is called, nothing is a link of somebody else's, and every tag is one of ours. */
function isTameMarkdown(markdown: string): void {
  commandsNothing(markdown);
  expect(markdown).not.toContain('<!--');
  const prose = markdown
    .replaceAll(/^```\w*\n[\s\S]*?\n```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '')
    .replaceAll(OWN_TAGS, '');
  expect(prose).not.toMatch(/[@<`]/);
  expect(prose).not.toContain('evil.example');
  for (const table of prose.split('\n\n')) {
    const cells = table
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').length);
    expect(new Set(cells).size).toBeLessThan(2);
  }
}
