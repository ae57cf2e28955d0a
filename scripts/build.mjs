// Bundles src/cli.ts into the one file that users run: dist/rollcall.js, for Node 20 and later.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const OUT = 'dist/rollcall.js';

const result = await build({
  entryPoints: ['src/cli.ts'],
  outfile: OUT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // Some dependencies are CommonJS and call require() for Node's own modules.
  banner: { js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);" },
});
await chmod(OUT, 0o755);
if (process.argv.includes('--meta')) {
  await mkdir('dist', { recursive: true });
  await writeFile('dist/meta.json', JSON.stringify(result.metafile));
}
