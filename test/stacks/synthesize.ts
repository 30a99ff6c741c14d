import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { ModelSpec } from '#core/spec/model.ts';
import { loadSpecs } from '#lib/load-specs.ts';
import { PROJECT_ROOT } from '#lib/project-root.ts';
import { type Environment, environmentOf } from '#lib/stacks/environment.ts';
import { addStacks, FEATURE_FLAGS } from '#lib/stacks/leeboard-app.ts';

/** One resource of a template. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are JSON of a hundred shapes
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** The synthesized stacks of one environment. */
export class Stacks {
  readonly app: App;
  readonly templates: ReadonlyMap<string, Record<string, Omit<Resource, 'id'>>>;

  constructor(app: App) {
    this.app = app;
    const stacks = app.node.children.filter((child): child is Stack => 'templateFile' in child);
    this.templates = new Map(
      stacks.map((stack) => [stack.stackName, Template.fromStack(stack).toJSON().Resources]),
    );
  }

  /** Resources of one type in all stacks, or in one. */
  all(type: string, stack?: string): Resource[] {
    return [...this.templates]
      .filter(([name]) => stack === undefined || name === stack)
      .flatMap(([, resources]) => Object.entries(resources).map(([id, resource]) => ({ id, ...resource })))
      .filter((resource) => resource.Type === type);
  }
}

const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An app that finds a stand-in for every bundle and layer: templates name them by hash, no more. */
export function openApp({ platform }: Environment): App {
  const artifacts = mkdtempSync(join(tmpdir(), 'leeboard-stacks-'));
  folders.push(artifacts);
  const write = (folder: string, file: string) => {
    mkdirSync(join(artifacts, folder), { recursive: true });
    writeFileSync(join(artifacts, folder, file), file);
  };
  for (const handler of readdirSync(join(PROJECT_ROOT, 'lambdas')).filter((file) => file.endsWith('.ts')))
    write(`dist/lambdas/${handler.slice(0, -3)}`, 'index.js');
  for (const layer of ['duckdb', 'xgboost']) write(`.leeboard/layers/${platform}`, `${layer}.zip`);
  return new App({ context: { ...FEATURE_FLAGS, artifacts }, outdir: join(artifacts, 'cdk.out') });
}

const specs = await loadSpecs(PROJECT_ROOT);

/** The project's stacks for an environment. @param models instead of the project's */
export function synthesize(
  environment: Environment,
  models: readonly ModelSpec[] = specs.models,
  change: (app: App) => void = () => {},
): Stacks {
  const app = openApp(environment);
  addStacks(app, { environment, datasets: specs.datasets, models, codeVersion: 'test' });
  change(app);
  app.synth();
  return new Stacks(app);
}

export const [prod, local] = [synthesize(environmentOf('prod')), synthesize(environmentOf('local'))];
export const flightsLate = specs.models.find(({ name }) => name === 'flights-late') as ModelSpec;
