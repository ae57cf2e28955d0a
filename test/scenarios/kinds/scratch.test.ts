import { test } from 'vitest';
import { createKindsScenario } from './support/create-kinds-scenario.ts';
import { EDGE, edgeSeed, kindsCompany } from './support/kinds-company.ts';
test('min admins', async () => {
  const mk = (g: Record<string, string[]>) => kindsCompany({ [EDGE]: { kind: 'organizations', grants: g, settings: 'privileged_groups: [Org admins]\n' } });
  const s = createKindsScenario({ policies: mk({ 'group:Org admins': ['ada', 'zoe'], 'group:Voice': ['bob'] }), telnyx: [edgeSeed({ ada: ['Org admins'], zoe: ['Org admins'], bob: ['Voice'] })] });
  await s.run('apply', '--yes');
  s.setPolicies(mk({ 'group:Voice': ['bob', 'ada', 'zoe'] }));
  const p = await s.plan();
  console.log(JSON.stringify(p.guards.filter((g) => g.guard === 'min_admins'), null, 1), p.summary, p.changes.map((c) => [c.principal, c.tags, c.risk]));
});
