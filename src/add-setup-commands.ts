import type { Command } from 'commander';
import { type Add, text } from './cli-options.ts';

/** Commands that bring a repository of policies about and look after it. */
export function addSetupCommands(program: Command, add: Add): void {
  add(
    program,
    'init <dir>',
    'policies, workflows, CODEOWNERS and editor settings for a new repository; asks on a terminal, overwrites nothing',
    [
      'rollcall init access',
      'rollcall init access --add telnyx-production=telnyx --owner root@acme.example --security @acme/security --action acme/rollcall@COMMIT',
    ],
    async (run, { args, options }) =>
      (await import('./commands/init.ts')).init(run, {
        folder: args[0] ?? '.',
        add: Array.isArray(options['add']) ? options['add'].map(String) : [],
        owner: text(options['owner']),
        security: text(options['security']),
        action: text(options['action']),
      }),
    ['text', 'json'],
  )
    .option(
      '--add <account>',
      'NAME=PROVIDER[/API], with ,owner=EMAIL and for Twilio ,organization=OR… ,scope=AC…; may be given several times',
      (one: string, all: string[] | undefined) => [...(all ?? []), one],
    )
    .option('--owner <email>', 'the owner of the accounts that name none')
    .option('--security <owner>', 'the GitHub user or team that has to approve what guards the others, such as @acme/security')
    .option('--action <pin>', "rollcall's own repository at a whole commit, OWNER/NAME@COMMIT; this clone's where it is not given");
  add(
    program,
    'import',
    'live access to policies that read as if a person had written them; on policies that are there, the smallest edit',
    ['rollcall import --account telnyx-production', 'rollcall import --observation live.json --out draft'],
    async (run, { options }) =>
      (await import('./commands/import-policies.ts')).importPolicies(run, { observation: text(options['observation']) }),
    ['text', 'json'],
  ).option('--observation <file>', 'import what `observe` wrote, without any credential');
  add(
    program,
    'doctor',
    'one screen of checks, each with its fix: credentials, clock, ledger, the repository, the schedule; changes nothing',
    ['rollcall doctor', 'rollcall doctor --account twilio-main --format json'],
    async (run, { options }) => (await import('./commands/doctor.ts')).doctor(run, { repository: text(options['repository']) }),
    ['text', 'json'],
  ).option('--repository <owner/name>', "the repository on GitHub; what Actions or git's remote says where it is not given");
}
