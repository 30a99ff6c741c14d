import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT_ROOT } from '../lib/project-root.ts';

/** Brought by the layers, found by plain `require` through NODE_PATH. */
const LAYERS = ['@duckdb/node-api', 'koffi', 'leeboard-libxgboost'];
/** What a handler runs in a process of its own, bundled beside it. */
const CHILDREN: Record<string, string> = {
  'validate-file/validate-child': 'lib/adapters/duckdb/validate-child.ts',
  'train-model/train-worker': 'lib/adapters/xgboost/train-worker.ts',
  'run-trial/train-worker': 'lib/adapters/xgboost/train-worker.ts',
};

const out = join(PROJECT_ROOT, 'dist/lambdas');
rmSync(out, { recursive: true, force: true });
const handlers = readdirSync(join(PROJECT_ROOT, 'lambdas')).filter((file) => file.endsWith('.ts'));
const entries: Record<string, string> = Object.fromEntries([
  ...handlers.map((file) => [`${file.slice(0, -3)}/index`, join(PROJECT_ROOT, 'lambdas', file)]),
  ...Object.entries(CHILDREN).map(([name, file]) => [name, join(PROJECT_ROOT, file)]),
]);
for (const file of Object.values(entries)) if (!existsSync(file)) throw new Error(`no such entry: ${file}`);

await build({
  entryPoints: entries,
  outdir: out,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  keepNames: true, // state machines match error names
  sourcemap: 'linked',
  sourcesContent: false,
  external: LAYERS,
  logLevel: 'warning',
});
