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

/** string-width sets itself up, tables of emoji and all, for longer than a short command runs; texts that need it are rare. */
const lateStringWidth = {
  name: 'late-string-width',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^string-width$/ }, ({ kind, resolveDir }) =>
      kind === 'import-statement' ? { path: 'string-width', namespace: 'late', pluginData: resolveDir } : undefined,
    );
    bundle.onLoad({ filter: /./, namespace: 'late' }, ({ pluginData: resolveDir }) => ({
      contents: "let width; export default (text) => (width ??= require('string-width').default)(text);",
      resolveDir,
    }));
  },
};

await rm('dist', { recursive: true, force: true });
await build({ ...common, entryPoints: ['src/cli.ts'], outfile: 'dist/rollcall.cjs', plugins: [launcher] });
await build({ ...common, entryPoints: ['src/action.ts'], outfile: 'dist/action.cjs', plugins: [launcher] });
const { metafile } = await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/main.cjs',
  plugins: [lateStringWidth],
  metafile: true,
});
await chmod('dist/rollcall.cjs', 0o755);
if (process.argv.includes('--meta')) await writeFile('dist/meta.json', JSON.stringify(metafile));
