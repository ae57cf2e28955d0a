import fc from 'fast-check';

export interface Member {
  readonly email: string;
  readonly until: string | null;
}
export interface TeamGrant {
  readonly account: string;
  readonly role: string;
  readonly until: string | null;
}

/** The ways in which people write the same team. */
export interface Style {
  readonly list: 'block' | 'flush' | 'flow' | 'flow-lines' | 'leading-commas' | 'json';
  readonly quote: '' | '"' | "'";
  readonly map: 'flow' | 'block';
  readonly grantsFirst: boolean;
  readonly comments: boolean;
  readonly crlf: boolean;
  readonly bom: boolean;
  readonly finalFeed: boolean;
}

export const style: fc.Arbitrary<Style> = fc.record({
  list: fc.constantFrom('block', 'flush', 'flow', 'flow-lines', 'leading-commas', 'json'),
  quote: fc.constantFrom('', '"', "'"),
  map: fc.constantFrom('flow', 'block'),
  grantsFirst: fc.boolean(),
  comments: fc.boolean(),
  crlf: fc.boolean(),
  bom: fc.boolean(),
  finalFeed: fc.boolean(),
});

/** One team in one style. */
export function writeInStyle(members: readonly Member[], grants: readonly TeamGrant[], style: Style): string {
  const text =
    style.list === 'json'
      ? `${JSON.stringify({ members: members.map(dropNull), grants: grants.map((grant) => ({ ...dropNull(grant), reason: 'Needs it' })) })}\n`
      : writeYaml(members, grants, style);
  const whole = style.finalFeed ? text : text.replace(/\n$/, '');
  return (style.bom ? '\uFEFF' : '') + (style.crlf ? whole.replaceAll('\n', '\r\n') : whole);
}

function dropNull(entry: Member | TeamGrant): Record<string, string | null> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null));
}

function writeYaml(members: readonly Member[], grants: readonly TeamGrant[], style: Style): string {
  const q = (text: string) => `${style.quote}${text}${style.quote}`;
  const note = (text: string) => (style.comments ? ` # ${text}` : '');
  const memberText = ({ email, until }: Member) => (until === null ? q(email) : `{ email: ${q(email)}, until: ${q(until)} }`);
  const blockMember = ({ email, until }: Member, pad: string) =>
    until === null || style.map === 'flow' ? memberText({ email, until }) : `email: ${q(email)}${note('who')}\n${pad}  until: ${q(until)}`;
  const memberPart = `members:${note('everybody')}\n`;
  const membersText = members.length === 0 ? 'members: []\n' : listOf(style, memberPart, members, memberText, blockMember, note);
  const fields = ({ account, role, until }: TeamGrant) =>
    [`account: ${account}`, `role: ${q(role)}`, 'reason: Needs it', ...(until === null ? [] : [`until: ${until}`])] as const;
  const grantText = (grant: TeamGrant) => `{ ${fields(grant).join(', ')} }`;
  const blockGrant = (grant: TeamGrant, pad: string) => (style.map === 'flow' ? grantText(grant) : fields(grant).join(`\n${pad}  `));
  const grantsText = grants.length === 0 ? 'grants: []\n' : listOf(style, 'grants:\n', grants, grantText, blockGrant, note);
  const parts = style.grantsFirst ? [grantsText, membersText] : [membersText, grantsText];
  return `${style.comments ? '# A team.\n\n' : ''}${parts.join(style.comments ? '# Between.\n' : '')}`;
}

function listOf<Item>(
  style: Style,
  head: string,
  items: readonly Item[],
  inFlow: (item: Item) => string,
  inBlock: (item: Item, pad: string) => string,
  note: (text: string) => string,
): string {
  const key = head.slice(0, head.indexOf(':') + 1);
  const above = style.comments ? (nth: number, pad: string) => (nth % 2 === 0 ? `${pad}# above ${nth}\n` : '') : () => '';
  switch (style.list) {
    case 'flow':
      return `${key} [${items.map(inFlow).join(', ')}]${note('all')}\n`;
    case 'flow-lines':
      return `${key} [${note('all')}\n${items.map((item, nth) => `${above(nth, '    ')}    ${inFlow(item)},${note(`nth ${nth}`)}\n`).join('')}  ]\n`;
    case 'leading-commas':
      return `${key} [ ${items.map(inFlow).join('\n  , ')}\n  ]\n`;
    default: {
      const pad = style.list === 'flush' ? '' : '  ';
      return head + items.map((item, nth) => `${above(nth, pad)}${pad}- ${inBlock(item, pad)}${note(`nth ${nth}`)}\n`).join('');
    }
  }
}
