// Builds what users run, for Node 20 and later: dist/main.cjs, the one bundle of everything, and dist/rollcall.cjs, which answers
// --version itself and loads the bundle for all else; dist/action.cjs is the same for GitHub Actions. CommonJS, because an ES module would load every Node module that any part of
// the bundle imports before its first line runs; here a part is run when a command first needs it.
import { chmod, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  // import() would take Node's module loader, which reads the whole bundle once more to find its exports.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
};

const launcher = {
  name: 'launcher',
  setup: (bundle) => bundle.onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: './main.cjs', external: true })),
};

await rm('dist', { recursive: true, force: true });
await build({ ...common, entryPoints: ['src/cli.ts'], outfile: 'dist/rollcall.cjs', plugins: [launcher] });
await build({ ...common, entryPoints: ['src/action.ts'], outfile: 'dist/action.cjs', plugins: [launcher] });
const { metafile } = await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.cjs',

  metafile: true,
});
await chmod('dist/rollcall.cjs', 0o755);
if (process.argv.includes('--meta')) await writeFile('dist/meta.json', JSON.stringify(metafile));
