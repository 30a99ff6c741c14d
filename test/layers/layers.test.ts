import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '#lib/project-root.ts';

const BIOME = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
const LAYER = 'lint/style/noRestrictedImports';
const GLOBAL = 'lint/style/noRestrictedGlobals';
const PURE = 'plugin'; // biome/pure-core.grit
const CYCLE = 'lint/suspicious/noImportCycles';

const bind = (specifier: string) => `import { x } from '${specifier}';\nexport const y = x;\n`;
const value = (expression: string) => `export const y = ${expression};\n`;

/** What a file's folder does not allow: folder, source, the rule that says so. */
const broken: readonly (readonly [folder: string, source: string, rule: string])[] = [
  ...['node:path', '@aws-sdk/client-s3', 'aws-cdk-lib', '#ports/registry.ts', '#adapters/hash.ts'].map(
    (from) => ['lib/core/spec', bind(from), LAYER] as const,
  ),
  ['lib/core/spec', bind('#lib/adapters/hash.ts'), LAYER],
  ['lib/core/spec', bind('../../adapters/hash.ts'), LAYER],
  ['lib/core/spec', bind('../drift/../../adapters/hash.ts'), LAYER],
  ['lib/core/spec', bind('./../../ports/registry.ts'), LAYER],
  ['lib/core', bind('../adapters/hash.ts'), LAYER],
  ['lib/core/spec', "export { x } from '#adapters/hash.ts';\n", LAYER],
  ['lib/core/spec', "export * from '#adapters/hash.ts';\n", LAYER],
  ['lib/core/spec', "export const y = () => import('#adapters/hash.ts');\n", LAYER],
  ['lib/core/spec', "import type { X } from '@aws-sdk/client-s3';\nexport type Y = X;\n", LAYER],
  ['lib/core/spec', "import '#adapters/hash.ts';\n", LAYER],
  ['lib/ports', bind('#adapters/hash.ts'), LAYER],
  ['lib/ports', bind('../adapters/hash.ts'), LAYER],
  ['lib/ports', bind('node:fs'), LAYER],
  ['lib/adapters/s3', bind('#lib/pipelines/load-bundle.ts'), LAYER],
  ['lib/adapters/s3', bind('../../pipelines/load-bundle.ts'), LAYER],
  ['lib/adapters/s3', bind('../xgboost/library.ts'), LAYER],
  ['lib/adapters/s3', bind('@duckdb/node-api'), LAYER],
  ['lib/adapters/duckdb', bind('koffi'), LAYER],
  ['lib/adapters/xgboost', bind('@duckdb/node-api'), LAYER],
  ['lib/adapters', bind('../pipelines/load-bundle.ts'), LAYER],
  ['lib/pipelines', bind('#adapters/hash.ts'), LAYER],
  ['lib/pipelines', bind('../adapters/hash.ts'), LAYER],
  ['lib/pipelines', bind('@aws-sdk/client-s3'), LAYER],
  ['lib/pages', bind('#lib/pipelines/load-bundle.ts'), LAYER],
  ['lib/pages', bind('node:fs'), LAYER],
  ['lib/constructs', bind('#core/drift/psi.ts'), LAYER],
  ['lib/constructs', bind('../core/drift/psi.ts'), LAYER],
  ['lib/constructs', bind('../stacks/model-stack.ts'), LAYER],
  ['lib/constructs', bind('#ports/registry.ts'), LAYER],
  ['lib/stacks', bind('#core/drift/psi.ts'), LAYER],
  ['lib/stacks', bind('../adapters/hash.ts'), LAYER],
  ['lambdas', bind('#lib/constructs/api.ts'), LAYER],
  ['lambdas', bind('../lib/stacks/environment.ts'), LAYER],
  ['lambdas', bind('aws-cdk-lib'), LAYER],
  ['lambdas', bind('#local/run.ts'), LAYER],
  ['lambdas/shared', bind('../../lib/constructs/api.ts'), LAYER],
  ...['lib', 'lib/client', 'datasets', 'models'].flatMap((folder) => [
    [folder, bind('#local/run.ts'), LAYER] as const,
    [folder, bind(`${folder.replace(/[^/]+/g, '..')}/lambdas/predict.ts`), LAYER] as const,
    [folder, bind('#test/fixtures/parquet.ts'), LAYER] as const,
  ]),
  ...['process.env', 'console', 'setTimeout', 'fetch', 'performance', 'crypto', 'globalThis'].map(
    (name) => ['lib/core/spec', value(name), GLOBAL] as const,
  ),
  ...['Date.now()', '[Date.now]', 'new Date()', 'Date()', 'Math.random()', "'a'.localeCompare('b')"].map(
    (expression) => ['lib/core/spec', value(expression), PURE] as const,
  ),
  ['lib/core/spec', value('new Date(0).getHours()'), PURE],
  ['lib/core', value('Date.now()'), PURE],
];

/** What each folder does allow. */
const clean: readonly (readonly [folder: string, source: string])[] = [
  ...['../errors.ts', './column.ts', '#core/errors.ts', '../drift/psi.ts', 'zod', 'jsep'].map(
    (from) => ['lib/core/spec', bind(from)] as const,
  ),
  ['lib/core/spec', value("[new Date(0), new Intl.DateTimeFormat('en-US'), Date.parse(''), Math.max(1)]")],
  ['lib/ports', bind('#core/errors.ts')],
  ['lib/adapters/duckdb', bind('@duckdb/node-api')],
  ['lib/adapters/xgboost', bind('koffi')],
  ...['@aws-sdk/client-s3', 'node:fs/promises', '../hash.ts', '#ports/registry.ts', '#core/errors.ts'].map(
    (from) => ['lib/adapters/s3', bind(from)] as const,
  ),
  ['lib/pipelines', bind('#ports/registry.ts')],
  ['lib/constructs', bind('#core/spec/model.ts')],
  ['lib/constructs', bind('aws-cdk-lib/aws-s3')],
  ['lib/constructs', bind('../stacks/environment.ts')],
  ['lib/stacks', bind('../constructs/api.ts')],
  ['lambdas', bind('#adapters/hash.ts')],
  ['lambdas', bind('../lib/pipelines/load-bundle.ts')],
  ['lambdas', value('[Date.now(), Math.random(), process.env]')],
  ['local', bind('../lambdas/predict.ts')],
  ['bin', bind('#local/run.ts')],
  ['test/lambdas', bind('../../lambdas/predict.ts')],
];

/** The rules that each file of a throw-away project with our configuration breaks, in one run. */
let rules: ReadonlyMap<string, readonly string[]>;
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'leeboard-layers-'));
  for (const file of ['biome.json', 'biome', '.gitignore', 'package.json'])
    await cp(join(PROJECT_ROOT, file), join(project, file), { recursive: true });
  const files = [
    ...broken.map(([folder, source], index) => [brokenFile(folder, index), source]),
    ...clean.map(([folder, source], index) => [cleanFile(folder, index), source]),
    ['lib/core/drift/cycle-a.ts', "import { b } from './cycle-b.ts';\nexport const a = () => b;\n"],
    ['lib/core/drift/cycle-b.ts', "import { a } from './cycle-a.ts';\nexport const b = () => a;\n"],
  ] as [string, string][];
  for (const [file, source] of files) {
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), source);
  }
  rules = await lint(project);
});

afterAll(() => rm(project, { recursive: true, force: true }));

describe('the layers', () => {
  it.each(broken.map(([folder, source, rule], index) => ({ folder, source: source.trim(), rule, index })))(
    '$folder refuses $source',
    ({ folder, rule, index }) => {
      expect(rules.get(brokenFile(folder, index))).toEqual([rule]);
    },
  );

  it.each(clean.map(([folder, source], index) => ({ folder, source: source.trim(), index })))(
    '$folder allows $source',
    ({ folder, index }) => {
      expect(rules.get(cleanFile(folder, index)) ?? []).toEqual([]);
    },
  );

  it('files that import each other in a circle are refused', () => {
    expect(rules.get('lib/core/drift/cycle-a.ts')).toEqual([CYCLE]);
  });
});

const brokenFile = (folder: string, index: number) => `${folder}/broken-${index}.ts`;
const cleanFile = (folder: string, index: number) => `${folder}/clean-${index}.ts`;

async function lint(folder: string): Promise<Map<string, string[]>> {
  const args = [BIOME, 'lint', '.', '--reporter=json', '--max-diagnostics=none'];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 26 }, (_failed, stdout) =>
      resolve(stdout),
    );
  });
  const { diagnostics } = JSON.parse(output) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  const found = new Map<string, string[]>();
  for (const { category, location } of diagnostics) {
    found.set(location.path, [...new Set([...(found.get(location.path) ?? []), category])]);
  }
  return found;
}
