// Draws docs/comment.png: a comment of the tests' golden files as GitHub shows it. Needs Chromium, on the path or named by CHROMIUM, which
// nothing else of rollcall needs. `npm run picture` makes it anew when the comment changes; the digest of what it was drawn from stands in
// docs/comment.png.md, and a test compares.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { marked } from 'marked';

const SOURCE = 'test/report/comment/golden/small-plan.md';
const TARGET = 'docs/comment.png';

const STYLE = `
  body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif; width: 1016px; }
  .box { border: 1px solid #d1d9e0; border-radius: 6px; }
  .head { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 8px 16px; color: #59636e; }
  .head b { color: #1f2328; } .head i { font-style: normal; border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px; }
  .body { padding: 16px; } .body > :first-child { margin-top: 0; } .body > :last-child { margin-bottom: 0; }
  h3 { font-size: 17.5px; margin: 0 0 16px; } h4 { font-size: 14px; margin: 24px 0 12px; } p, ul, table { margin: 0 0 16px; } ul { padding-left: 2em; }
  code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% 'DejaVu Sans Mono', monospace; white-space: break-spaces; }
  blockquote { margin: 0 0 16px; padding: 0 1em; border-left: .25em solid #cf222e; } blockquote ul { margin: 0; } .alert { color: #cf222e; font-weight: 500; margin: 0 0 8px; }
  table { border-collapse: collapse; } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; } tr:nth-child(2n) { background: #f6f8fa; }
  a { color: #0969da; text-decoration: none; } sub { font-size: 75%; } input { margin: 0 .4em 0 -1.4em; } li:has(> input) { list-style: none; } summary { margin-bottom: 8px; }
`;

const markdown = readFileSync(SOURCE, 'utf8');
// An alert of GitHub's is a quotation whose first line names it.
const html = marked.parse(markdown.replace('> [!CAUTION]\n', '> <p class="alert">⊘ Caution</p>\n>\n'));
const page = `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><div class="box"><div class="head"><b>github-actions</b> <i>bot</i> commented</div><div class="body">${html}</div></div>`;
const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-picture-'));
try {
  writeFileSync(path.join(folder, 'page.html'), page);
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1.25'];
  const size = ['--window-size=1048,912', `--screenshot=${path.resolve(TARGET)}`];
  execFileSync(process.env['CHROMIUM'] ?? 'chromium', [...options, ...size, `file://${folder}/page.html`], { stdio: 'ignore' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(`${TARGET}.sha256`, `${createHash('sha256').update(markdown).digest('hex')}  ${SOURCE}\n`);
