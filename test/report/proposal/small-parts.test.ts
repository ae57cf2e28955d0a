import { describe, expect, test } from 'vitest';
import { composeAdoption } from '../../../src/report/proposal/compose-adoption.ts';
import { composeRenewal } from '../../../src/report/proposal/compose-renewal.ts';
import { describeBarred } from '../../../src/report/proposal/describe-barred.ts';
import { end, lostAdoption, renewal } from './example-proposals.ts';

const subjectOf = (message: string) => message.split('\n')[0];

describe('the title of a renewal', () => {
  test('names a person who goes on in several accounts once, without the accounts', () => {
    const { title } = composeRenewal(renewal([end('grace', 7), end('grace', 7, { account: 'telnyx-support' })]));
    expect(title).toBe('Renew access of grace@acme.example until 2027-03-01');
  });

  test('counts a person whose address is too long for it, and the subject of the commit does so earlier', () => {
    const named = (letters: number) => composeRenewal(renewal([end('a'.repeat(letters), 7)]));
    expect(named(60).title).toBe(`Renew access of ${'a'.repeat(60)}@acme.example until 2027-03-01`);
    expect(subjectOf(named(60).message)).toBe('Renew access of 1 person until 2027-03-01 (policies/teams/voice.yaml)');
    expect(named(90).title).toBe('Renew access of 1 person until 2027-03-01 (policies/teams/voice.yaml)');
  });

  test('leaves out the day where there are several', () => {
    const input = renewal([end('grace', 7), end('heidi', 8)]);
    const [first, second] = input.renewal.renewed;
    const renewed = first && second ? [first, { ...second, until: '2027-02-01' }] : [];
    expect(composeRenewal({ ...input, renewal: { renewed, refused: [] } }).title).toBe('Renew access of 2 people');
  });
});

describe('a renewal', () => {
  const place = (line: number) => ({ file: 'policies/teams/voice.yaml', line, column: 1 });
  const two = end('grace', 7, { places: [place(7), place(12)] });

  test('lets access that ends by two ends go on until the earlier of the new days', () => {
    const renewed = [place(7), place(12)].map((at, index) => ({
      place: at,
      from: '2026-12-01',
      until: index === 0 ? '2027-03-01' : '2027-02-01',
    }));
    const { body } = composeRenewal(renewal([two], { renewal: { renewed, refused: [] } }));
    expect(body).toContain('| 2026-12-01 | **2027-02-01** |');
  });

  test('says of access of which one end is left as it is that it ends all the same', () => {
    const ends = [end('ada', 7), two, end('heidi', 9, { places: [place(9)], heldOtherwise: true })];
    const renewed = [{ place: end('ada', 7).places[0] ?? place(7), from: '2026-12-01', until: '2027-03-01' }];
    const { body } = composeRenewal(renewal(ends, { renewal: { renewed, refused: [] } }));
    expect(body).toContain('### Access of 1 person ends on 2026-12-01');
    expect(body).toContain('- `grace@acme.example` (`member` in `telnyx-production`): its end was left as it is\n');
    expect(body).toContain('- `heidi@acme.example` (`member` in `telnyx-production`): another grant holds the access beyond\n');
    expect(body).not.toContain('| `grace@acme.example`');
  });

  test('links to no line where its commit is not known', () => {
    const { body } = composeRenewal(renewal([end('grace', 7)], { commit: null }));
    expect(body).toContain('| **2027-03-01** | `teams/voice.yaml:7` |');
  });
});

describe('an adoption', () => {
  test('of one person names them in its title', () => {
    const { adoption, ...rest } = lostAdoption();
    const { title, body } = composeAdoption({ ...rest, adoption: { ...adoption, adopted: adoption.adopted.slice(0, 1) } });
    expect(title).toBe('Adopt what stands in telnyx-production for ivan@acme.example');
    expect(body).toContain('### Adopt what stands in `telnyx-production` for 1 person\n');
  });

  test('without the name of who asked says only that it was asked for', () => {
    const { body, message } = composeAdoption({ ...lostAdoption(), barred: { logins: [], principals: [] } });
    expect(body).toContain('rollcall was asked to write it into them.');
    expect(body).not.toContain('Who may not approve this');
    expect(message).toContain('what somebody changed in the account.\n');
  });

  test('of a name that policy enforces says the name', () => {
    const { adoption, ...rest } = lostAdoption();
    const renamed = adoption.adopted.flatMap((change) => {
      const { before } = change;
      if (before === null) return [];
      return [{ ...change, before: { ...before, name: 'Grace H' }, after: { ...before, name: 'Grace Hopper' }, patch: NAME }];
    });
    const { body } = composeAdoption({ ...rest, adoption: { ...adoption, adopted: renamed } });
    expect(body).toContain('| `name Grace Hopper → Grace H` |');
  });
});

const NAME = [{ op: 'replace', path: '/name', value: 'Grace Hopper' }] as const;

describe('who may not be the one to approve', () => {
  test.each([
    [{ logins: [], principals: [] }, ''],
    [{ logins: ['ada'], principals: [] }, 'Who asked for it (`ada`) may not be the one to approve it.'],
    [
      { logins: [], principals: ['grace@acme.example'] },
      'Who likely made the difference or gains by it (1 person: `grace@acme.example`) may not be the one to approve it.',
    ],
    [
      { logins: ['ada', 'heidi'], principals: ['grace@acme.example', 'd3b07384'] },
      'Neither who asked for it (`ada`, `heidi`) nor who likely made the difference or gains by it (2 people: `grace@acme.example`, `d3b07384`) may be the one to approve it.',
    ],
  ])('%#', (barred, words) => {
    expect(describeBarred(barred, 1000)).toBe(words);
  });
});
