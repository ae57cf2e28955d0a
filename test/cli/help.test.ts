import type { Command } from 'commander';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { buildProgram, runCli } from '../../src/run-cli.ts';
import { openPolicyWorld } from '../commands/open-policy-world.ts';

const NOW = '2026-11-22T12:00:00.000Z';

function worldOf(columns: number) {
  const out: string[] = [];
  const errors: string[] = [];
  const { world } = openPolicyWorld({}, NOW).run();
  const sinks = {
    stdout: { isTerminal: true, columns, write: (text: string) => void out.push(text) },
    stderr: { isTerminal: false, columns, write: (text: string) => void errors.push(text) },
  };
  return { world: { ...world, ...sinks }, out: () => out.join(''), errors: () => errors.join('') };
}

/** Every command there is, and every group, by what a person types for it. */
function walk(command: Command, path: readonly string[] = []): { readonly command: Command; readonly path: readonly string[] }[] {
  return [{ command, path }, ...command.commands.flatMap((one) => walk(one, [...path, one.name()]))];
}

const PATHS = walk(buildProgram(worldOf(120).world, () => undefined)).map(({ path }) => path);

async function helpOf(path: readonly string[], columns: number): Promise<string> {
  const { world, out } = worldOf(columns);
  expect(await runCli([...path, '--help'], world)).toBe(0);
  return out();
}

/** The examples as somebody would paste them. */
function examplesIn(help: string): string[] {
  const [, block = ''] = /\nExamples:\n([\s\S]*?)(\n\n|$)/.exec(help) ?? [];
  return block
    .replaceAll(/ \\\n\s+/g, ' ')
    .split('\n')
    .flatMap((line) => (line.startsWith('  $ ') ? [line.slice(4)] : []));
}

/** What of a pasted line rollcall gets. */
function argvOf(example: string): string[] {
  const [, line = ''] = /rollcall ([^<>)]*)/.exec(example) ?? [];
  return line.trim().split(' ');
}

test('there are as many commands as people know', () => {
  expect(PATHS.length).toBeGreaterThan(20);
});

describe.each(PATHS.map((path) => [path.join(' ') || 'rollcall', path] as const))('%s --help', (_, path) => {
  test('shows two examples or more, each of them a command line that rollcall understands', async () => {
    const examples = examplesIn(await helpOf(path, 120));
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) {
      const { world, errors } = worldOf(120);
      const program = buildProgram(world, () => undefined);
      const ran: string[] = [];
      for (const one of walk(program)) if (one.command.commands.length === 0) one.command.action(() => void ran.push(one.path.join(' ')));
      await program.parseAsync(argvOf(example), { from: 'user' }).catch(() => undefined);
      expect(errors(), example).toBe('');
      expect(ran, example).toHaveLength(1);
      if (path.length > 0) expect(`${ran[0]} `, example).toContain(`${path.join(' ')} `);
    }
  });

  test('fits a terminal of 40 columns, and its examples can be pasted from there too', async () => {
    const narrow = await helpOf(path, 40);
    expect(narrow.split('\n').filter((line) => stringWidth(line) > 40 && /\S\s+\S/.test(line.trim()))).toEqual([]);
    expect(examplesIn(narrow)).toEqual(examplesIn(await helpOf(path, 120)));
  });
});
