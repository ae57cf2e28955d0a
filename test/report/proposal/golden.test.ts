import { expect, test } from 'vitest';
import { composeAdoption } from '../../../src/report/proposal/compose-adoption.ts';
import { composeRenewal } from '../../../src/report/proposal/compose-renewal.ts';
import { end, guestAdoption, lostAdoption, manyRenewals, renewal, wholeText } from './example-proposals.ts';

test('a renewal of one person says who, what, where and until when, and what becomes of it if nobody merges it', async () => {
  await expect(wholeText(composeRenewal(renewal([end('grace', 7)])))).toMatchFileSnapshot('golden/renewal-one.md');
});

test('a renewal of many says who goes on and what ends all the same', async () => {
  await expect(wholeText(composeRenewal(manyRenewals()))).toMatchFileSnapshot('golden/renewal-many.md');
});

test('an adoption of lost access says what policy would say and by whom it likely is', async () => {
  await expect(wholeText(composeAdoption(lostAdoption()))).toMatchFileSnapshot('golden/adoption-lost.md');
});

test('an adoption of guests says that they end, and that privilege is not among it', async () => {
  await expect(wholeText(composeAdoption(guestAdoption()))).toMatchFileSnapshot('golden/adoption-guests.md');
});
