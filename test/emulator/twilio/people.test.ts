import { describe, expect, test } from 'vitest';
import { answerControl } from '../../../src/emulator/answer-control.ts';
import { readConsolePages } from '../../../src/policy/read-console-pages.ts';
import { ADA, openTwilio, rowsOf, type TestTwilio, USERS } from './twilio-for-tests.ts';

const person = ({ world }: TestTwilio, email: string, account = 'twilio-main') =>
  world.state(account).people.find((one) => one.email.toLowerCase() === email.toLowerCase());

describe('people in the Console of an organization', () => {
  test('make a user by hand, give and take roles, rename, deactivate and activate', () => {
    const open = openTwilio();
    const portal = open.world.portal('twilio-main');
    expect(portal.createUser('kim@acme.example', 'Kim Lee').done).toBe(true);
    portal.giveRole('kim@acme.example', 'billing_manager');
    portal.giveRole('kim@acme.example', 'Studio Viewer');
    expect(person(open, 'kim@acme.example')).toMatchObject({ status: 'active', roles: ['Studio Viewer', 'billing_manager'] });
    portal.takeRole('kim@acme.example', 'billing_manager');
    portal.rename('kim@acme.example', 'Kim Park');
    portal.deactivate('kim@acme.example');
    expect(person(open, 'kim@acme.example')).toMatchObject({ name: 'Kim Park', status: 'inactive', roles: ['Studio Viewer'] });
    portal.reactivate('kim@acme.example');
    expect(person(open, 'kim@acme.example')?.status).toBe('active');
  });

  test('are refused in whole sentences', () => {
    const portal = openTwilio().world.portal();
    expect(portal.createUser('ADA@acme.example', 'Ada')).toEqual({ done: false, why: 'this address is a managed user already' });
    expect(portal.giveRole('nobody@acme.example', 'support')).toEqual({ done: false, why: 'nobody in this organization has this address' });
    expect(portal.giveRole('ada@acme.example', 'viewer')).toEqual({ done: false, why: 'there is no such role' });
    expect(portal.takeRole('ada@acme.example', 'support')).toEqual({ done: false, why: 'this person does not have this role here' });
    expect(portal.createKey('laptop', 'nobody@acme.example').done).toBe(false);
  });

  test('add somebody outside the organization, who is in no SCIM list', () => {
    const open = openTwilio();
    open.world.portal().addExternal('ivo@partner.example', 'developer');
    expect(person(open, 'ivo@partner.example')).toMatchObject({ status: 'external', roles: ['developer'] });
    expect(JSON.stringify(open.ask('GET', USERS).body)).not.toContain('ivo@');
  });

  test('give a role for one resource or one that no list has, and neither counts as a general role', () => {
    const open = openTwilio();
    const portal = open.world.portal();
    portal.giveResourceRole('ada@acme.example', 'Studio Viewer', 'billing_group', 'BG1');
    expect(person(open, 'ada@acme.example')?.roles).toEqual(['administrator']);
    const unknown = `IX${'7'.repeat(32)}`;
    portal.giveRole('ada@acme.example', unknown);
    expect(person(open, 'ada@acme.example')?.roles).toEqual([unknown, 'administrator']);
  });

  test('add a subaccount, verify a domain, hand over the account', () => {
    const open = openTwilio();
    const portal = open.world.portal();
    portal.addSubaccount('twilio-ivr');
    expect(open.world.state('twilio-ivr')).toMatchObject({ parent: open.world.state().sid, owner: 'root@acme.example' });
    expect(open.world.accounts).toContain('twilio-ivr');
    portal.setOwner('ada@acme.example');
    expect(open.world.state().owner).toBe('ada@acme.example');
  });

  test('make and delete keys', () => {
    const open = openTwilio();
    const made = open.world.portal().createKey('laptop', 'ada@acme.example');
    expect(open.world.state().keys.map(({ name }) => name)).toEqual(['deploy', 'laptop']);
    expect(made.done && open.world.portal().deleteKey(made.id).done).toBe(true);
    expect(open.world.state().keys.map(({ name }) => name)).toEqual(['deploy']);
  });
});

describe('people in the Console of an account without an organization', () => {
  const open = () => {
    const opened = openTwilio();
    return { opened, labs: opened.world.console('twilio-labs') };
  };

  test('copy the users and the invited page', () => {
    const { labs } = open();
    expect(labs.usersPage()).toBe(
      'Name\tEmail\tRole\nAccount Owner\troot@acme.example\tOwner\nAda Lovelace\tada@acme.example\tAdministrator\n',
    );
    expect(labs.invitedPage()).toBe(
      'Email\tRole\tStatus\tDate invited\nkim@acme.example\tBilling Manager, Developer\tPending\t2026-11-20\n',
    );
  });

  test('copy pages that the roster reader understands to the last line', () => {
    const { labs } = open();
    labs.invite('lee@acme.example', ['support']);
    const { rows, problems } = readConsolePages(`Users\n${labs.usersPage()}\nInvited\n${labs.invitedPage()}`);
    expect(problems).toEqual([]);
    expect(rows.map(({ email, roles, status }) => [email, roles.join(' '), status])).toEqual([
      ['ada@acme.example', 'administrator', 'active'],
      ['kim@acme.example', 'billing_manager developer', 'pending'],
      ['lee@acme.example', 'support', 'pending'],
      ['root@acme.example', 'owner', 'active'],
    ]);
  });

  test('invite, and the invited accept, or let it expire and get it again', () => {
    const { opened, labs } = open();
    labs.invite('lee@acme.example', ['support']);
    labs.expire('lee@acme.example');
    expect(labs.accept('lee@acme.example')).toEqual({ done: false, why: 'the invitation has expired' });
    expect(labs.invitedPage()).toContain('lee@acme.example\tSupport\tExpired');
    labs.resend('lee@acme.example');
    labs.accept('lee@acme.example', 'Lee Park');
    expect(person(opened, 'lee@acme.example', 'twilio-labs')).toMatchObject({ name: 'Lee Park', status: 'active', roles: ['support'] });
  });

  test('disable an administrator before another role can be given', () => {
    const { opened, labs } = open();
    expect(labs.setRoles('ada@acme.example', ['developer'])).toEqual({ done: false, why: 'disable Administrator first and confirm' });
    labs.setRoles('ada@acme.example', []);
    labs.setRoles('ada@acme.example', ['developer', 'billing_manager']);
    expect(person(opened, 'ada@acme.example', 'twilio-labs')?.roles).toEqual(['billing_manager', 'developer']);
    expect(labs.setRoles('ada@acme.example', ['administrator', 'developer'])).toEqual({
      done: false,
      why: 'Administrator is ticked alone',
    });
  });

  test('remove a user, and never the owner', () => {
    const { opened, labs } = open();
    labs.removeUser('ada@acme.example');
    expect(person(opened, 'ada@acme.example', 'twilio-labs')).toBeUndefined();
    expect(labs.removeUser('root@acme.example')).toEqual({ done: false, why: 'the owner cannot be removed' });
  });

  test('are in the events of the account', () => {
    const { opened, labs } = open();
    labs.setRoles('ada@acme.example', [], 'root@acme.example');
    const events = opened.askAs(opened.world.state('twilio-labs').sid, 'labs-auth-token', 'https://monitor.twilio.com/v1/Events');
    expect(rowsOf(events)).toMatchObject([{ event_type: 'user.updated', description: 'ada@acme.example' }]);
  });
});

describe('the control endpoint', () => {
  const post = ({ world }: TestTwilio, path: string, body: unknown) => {
    const reply = answerControl(world, 'POST', path, JSON.stringify(body));
    return { status: reply.status, body: JSON.parse(reply.body) as Record<string, unknown> };
  };

  test('plays people of both kinds of account', () => {
    const open = openTwilio();
    const role = { account: 'twilio-main', email: 'ada@acme.example', role: 'support', by: 'grace@acme.example' };
    expect(post(open, '/give-role', role)).toEqual({ status: 200, body: { done: true, id: ADA } });
    expect(post(open, '/invite', { account: 'twilio-labs', email: 'lee@acme.example', roles: 'developer,support' }).status).toBe(200);
    expect(person(open, 'lee@acme.example', 'twilio-labs')?.roles).toEqual(['developer', 'support']);
    expect(post(open, '/create-key', { account: 'twilio-labs', name: 'laptop' }).status).toBe(200);
  });

  test('says what it did not understand', () => {
    const open = openTwilio();
    expect(post(open, '/give-role', { email: 'ada@acme.example', role: 'support' })).toEqual({
      status: 422,
      body: { error: 'say which account: twilio-main, twilio-sub, twilio-labs' },
    });
    expect(post(open, '/give-role', { account: 'twilio-labs', email: 'ada@acme.example', role: 'support' })).toEqual({
      status: 409,
      body: { error: 'this kind of account has no such page' },
    });
    expect(post(open, '/fly', {}).status).toBe(404);
    expect(post(open, '/switches', { weather: 'fine' }).body['error']).toContain('switches has an unknown key weather');
  });

  test('moves the clock, the switches and the faults, and shows the state without a secret', () => {
    const open = openTwilio();
    expect(post(open, '/advance', { ms: 1000 }).body['now']).toBe(open.clock.now());
    expect(post(open, '/switches', { token_status: 201 }).body['token_status']).toBe(201);
    expect(post(open, '/faults', { kind: 'status', status: 503, match: { host: 'iam.twilio.com' } }).status).toBe(200);
    const state = answerControl(open.world, 'GET', '/state', '').body;
    expect(state).toContain('twilio-labs');
    expect(state).not.toMatch(/secret|auth-token/);
  });
});
