import { expect, test } from 'vitest';
import { encodeProse } from '../../../src/report/comment/encode-prose.ts';
import { withoutCode } from '../comment/check-markdown.ts';

test.each([
  ['ask the owner (root@acme.example), whether', 'ask the owner (`root@acme.example`), whether'],
  ['the owner ((root@acme.example)).', 'the owner ((`root@acme.example`)).'],
  ['run max_deletes (see a_b c_d)', 'run `max_deletes` (see `a_b c_d`)'],
  ['a_b (c_d) e_f', '`a_b` (`c_d`) `e_f`'],
  ['write ("Please help me."), twice', 'write (`"Please help me."`), twice'],
  ['run (`rollcall plan`) now', 'run (`rollcall plan`) now'],
  ['(now) and (3) or ()', '(now) and (3) or ()'],
  ['a `.` alone', 'a . alone'],
])('brackets stay outside of code: %j reads %j', (given, shown) => {
  expect(encodeProse(given)).toBe(shown);
});

test.each(['(@acme/security)', '([x](https://evil.example))', '(`(@acme`)', '(https://evil.example', '((#1))', '(!a[b](c)'])(
  'no bracket lets %s out of its code',
  (hostile) => {
    expect(withoutCode(encodeProse(`see ${hostile} there`))).toMatch(/^see [()]+CODE[()]* there$/);
  },
);
