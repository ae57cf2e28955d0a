import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../src/model.ts';
import type { Plan as PlanDocument } from './generated/plan.ts';
import { blockedPlan, driftPlan, emptyPlan, firstPlan, vendorsPlan } from './report/example-plans.ts';

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

// Types, checked by `npm run types`: the plan of src/model.ts and the plan of schemas/plan.schema.json are the same, both ways.
const documentIsPlan = (document: PlanDocument): Plan => document;
const planIsDocument = (plan: Mutable<Plan>): PlanDocument => plan;

describe('the plan document', () => {
  const schema = JSON.parse(readFileSync(new URL('../schemas/plan.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema);

  test.each(Object.entries({ firstPlan, blockedPlan, emptyPlan, driftPlan, vendorsPlan }))('%s is as its schema says', (_name, make) => {
    const plan = make();
    validate(JSON.parse(JSON.stringify(plan)));
    expect(validate.errors ?? []).toEqual([]);
    expect(documentIsPlan(planIsDocument(plan as Mutable<Plan>))).toBe(plan);
  });

  test('a plan with a misspelt key is not', () => {
    expect(validate({ ...firstPlan(), verdct: 'empty' })).toBe(false);
  });
});
