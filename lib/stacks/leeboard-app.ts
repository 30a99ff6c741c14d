import { createRequire } from 'node:module';
import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from './environment.ts';
import { ModelStack } from './model-stack.ts';
import { PlatformStack } from './platform-stack.ts';

export interface LeeboardAppProps {
  readonly environment: Environment;
  readonly datasets: readonly DatasetSpec[];
  readonly models: readonly ModelSpec[];
  readonly codeVersion: string;
}

/** What `new App` takes: CDK's answers to its own feature flags, as recommended by the version that is locked. */
export const FEATURE_FLAGS: Readonly<Record<string, unknown>> = {
  ...createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json'),
  // A stack that others read from is deployed before them and cannot go first.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
};

/** One platform stack and one small stack a model, under the rule packs AwsSolutions and Serverless. */
export function addStacks(app: App, { environment, datasets, models, codeVersion }: LeeboardAppProps): void {
  const platform = new PlatformStack(app, `Leeboard-${environment.name}`, {
    environment,
    datasets,
    models,
    codeVersion,
  });
  for (const model of models) {
    new ModelStack(app, `Leeboard-${environment.name}-${model.name}`, { environment, model, platform });
  }
  for (const [key, value] of Object.entries({ leeboard: environment.name, ...environment.tags }))
    Tags.of(app).add(key, value);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
