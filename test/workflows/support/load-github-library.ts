import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { validate } from '@actions/languageservice';
import { build } from 'esbuild';

interface FunctionDefinition {
  readonly name: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  readonly call: () => Data;
}

interface Data {
  coerceString(): string;
}

/** What GitHub itself maintains: the checks of its editor, and the language of its expressions. */
export interface GitHubLibrary {
  readonly validate: typeof validate;
  readonly TextDocument: { create(uri: string, language: string, version: number, text: string): Parameters<typeof validate>[0] };
  readonly Lexer: new (expression: string) => { lex(): { readonly tokens: unknown } };
  readonly Parser: new (tokens: unknown, contexts: readonly string[], functions: readonly FunctionDefinition[]) => { parse(): unknown };
  readonly Evaluator: new (parsed: unknown, contexts: Data, functions: ReadonlyMap<string, FunctionDefinition>) => { evaluate(): Data };
  readonly data: {
    readonly reviver: (key: string, value: unknown) => Data;
    readonly BooleanData: new (value: boolean) => Data;
  };
}

const MODULES = ['@actions/languageservice', '@actions/expressions', 'vscode-languageserver-textdocument'];

/** Bundled before it is loaded: as published it imports JSON in a way that Node 20 refuses. */
export async function loadGitHubLibrary(): Promise<GitHubLibrary> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-library-'));
  const require = createRequire(import.meta.url);
  const outfile = path.join(folder, 'library.cjs');
  const contents = MODULES.map((name) => `export * from '${name}';`).join('\n');
  // From where the language service lies, since the others are here only because it needs them.
  const resolveDir = path.resolve(import.meta.dirname, '../../../node_modules/@actions/languageservice');
  try {
    await build({
      stdin: { contents, resolveDir },
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      outfile,
      logLevel: 'error',
    });
    return require(outfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
