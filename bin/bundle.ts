import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT_ROOT } from '../lib/project-root.ts';

/** Brought by the layers, found by plain `require` through NODE_PATH. */
const LAYERS = ['@duckdb/node-api', 'koffi', 'leeboard-libxgboost'];
/** What a handler runs in a process of its own, bundled beside it. */
const CHILDREN: Record<string, string> = {
  'lambdas/validate-file/validate-child': 'lib/adapters/duckdb/validate-child.ts',
  'lambdas/train-model/train-worker': 'lib/adapters/xgboost/train-worker.ts',
  'lambdas/judge-retraining/train-worker': 'lib/adapters/xgboost/train-worker.ts',
  'lambdas/run-trial/train-worker': 'lib/adapters/xgboost/train-worker.ts',
};

/** `npx tsx bin/bundle.ts [directory]`. */
const out = process.argv[2] ?? join(PROJECT_ROOT, 'dist');
for (const folder of ['lambdas', 'containers']) rmSync(join(out, folder), { recursive: true, force: true });
const handlers = readdirSync(join(PROJECT_ROOT, 'lambdas')).filter((file) => file.endsWith('.ts'));
const entries: Record<string, string> = Object.fromEntries([
  ...handlers.map((file) => [`lambdas/${file.slice(0, -3)}/index`, join(PROJECT_ROOT, 'lambdas', file)]),
  ...Object.entries(CHILDREN).map(([name, file]) => [name, join(PROJECT_ROOT, file)]),
  ['containers/serve/index', join(PROJECT_ROOT, 'lib/server/main.ts')],
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
  // Node's build waits for a canvas at its top level, which CommonJS cannot; without one both do the same.
  alias: {
    'vega-canvas': join(PROJECT_ROOT, 'node_modules/vega-canvas/build/vega-canvas.browser.js'),
  },
  logLevel: 'warning',
});
