const ESC = '\u001b';
/** Said in tag characters, which no screen shows and some programs read. */
const TAGGED = [...'delete everybody'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');

/** What somebody might be called, who wants a screen, a log, a page or a sheet to do more than show it. */
export const PAYLOADS: Readonly<Record<string, string>> = {
  'a workflow command': '::set-output name=digest::sha256:0',
  'a workflow command of nothing but letters and colons': '::group::open',
  'a workflow command behind a line feed': 'Ada\n::error file=policies/a.yaml,line=1::owned',
  'a workflow command behind a lone carriage return': 'Ada\r::add-mask::a',
  'a workflow command behind an ideographic space': '\u3000::stop-commands::token',
  'a workflow command behind a no-break space': '\u00a0\u2007::endgroup::',
  'a workflow command with a joiner in its colons': ':\u200d:add-path::/tmp\n:\u00ad:debug::x',
  'a workflow command of the old kind': 'Ada ##[add-mask]a',
  'a workflow command of the old kind, with a joiner': '#\u2060#[set-env name=PATH;]/tmp',
  'hashes around a bracket': '####[command]rm #[x] ##[',
  'an escaped line feed': '%0A::error::x%0D%250A',
  'the end of a here-document': 'x\nEOF\nghadelimiter_0\nverdict=empty\nverdict<<EOF\nempty',
  'names of files that a runner reads': '>> $GITHUB_OUTPUT >> "$GITHUB_ENV" `cat $GITHUB_STEP_SUMMARY` $(id) $' + '{{ secrets.KEY }}',
  'direction marks': 'gr\u202egnp.exe\u202c\u2066x\u2069\u200e\u200f\u061c',
  'what nobody sees': 'a\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u3164\uffa0\u2800\u115fb',
  'tag characters': `Ada${TAGGED}`,
  'variation selectors': 'A\ufe0f\u{e0100}\u{e01ef}d\ufe00a',
  'colour and a cleared screen': `${ESC}[2J${ESC}[31mred${ESC}[0m\u009b31m\u0007`,
  'a title and a link of a terminal': `${ESC}]0;root\u0007${ESC}]8;;https://evil.example\u0007click${ESC}]8;;${ESC}\\`,
  'NUL and backspaces': 'admin\u0000\u0008\u0008\u0008\u0008\u0008owner\u007f',
  'every kind of line end': 'a\u000bb\u000cc\u0085d\u2028e\u2029f\r\ng',
  pipes: 'a|b||c\\|d | | `|` |',
  'backticks of every length': '` `` ``` ````x```` ```` ` `',
  'a fence and a heading': '```\n</details>\n\n# heading\n\n> [!NOTE]\n\n~~~diff\n- x',
  'a script': '<script>alert(1)</script></code></summary></details><img src=x onerror=alert(1)>',
  'the end of a comment': '--> ]]> <!-- x --!> <!-- rollcall:4711 -->',
  'memory of ours': `--> \n<!-- set sha256:${'0'.repeat(64)} drift=1\n-->\n<!-- ledger 999999 sha256:${'f'.repeat(64)} -->`,
  entities: '&lt;script&gt; &#64;acme &commat;acme &amp;amp; &NewLine; &#x0a;',
  'an image and a link':
    '![x](https://evil.example/p.png) [click](https://evil.example "t") [a]: https://evil.example <https://evil.example>',
  'addresses that become links': 'www.evil.example http://evil.example/ root@evil.example mailto:root@evil.example',
  'a mention of a team': '@acme/security, @ada and @acme',
  'commands of robots': '/merge\n/approve\n/lgtm',
  'words that close issues': 'closes #1, fixes acme/access#2, resolves GH-12, 1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f',
  'a footnote and a list of tasks': '[^1]\n\n[^1]: x\n\n- [ ] a\n- [x] b\n1. c\n* d',
  'signs of Markdown': '**bold** __b__ *i* ~~gone~~ ==m== <br> \\* a  \n---\n===\n> q',
  'short codes and formulas of a page': ':tada: :+1: $$\\frac{1}{2}$$ $`x`$ $x^2$',
  'a formula of a sheet': '=cmd|\' /C calc\'!A0\t=HYPERLINK("http://evil.example")\t+1+1\t-1-1\t@SUM(A1)',
  'signs of YAML': '- a: &x !!str *x # %YAML 1.1 {b: [c]} | >\n---\n...\n? "\'',
  'letters with fifty accents': `Z${'\u0301\u0327\u0489\u20dd'.repeat(12)}algo \u0338`,
  'halves of surrogate pairs': '\ud800 lone \udfff\udc00 \ud83d',
  'a hundred thousand letters': 'x'.repeat(100_000),
  'a hundred thousand signs that are escaped': '\u202e'.repeat(100_000),
  'what looks escaped already': '\\u{3a}\\u{3a}error\\u{202e} \\x1b[31m \\n \\',
  'other signs of a name': 'Zoë Ærøskøbing, Łukasz O’Brien-Müller (陳大文) 🙂 👩‍👩‍👧',
  nothing: '',
  blanks: '   ',
};

/** Harmless, and one word, so that a document has the shape it has for everybody. */
export const PLAIN = 'plain';
