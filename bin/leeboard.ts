import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { LeeboardError } from '#core/errors.ts';
import { codeVersion } from '../lib/code-version.ts';
import { loadSpecs } from '../lib/load-specs.ts';
import { PROJECT_ROOT } from '../lib/project-root.ts';
import { environmentOf } from '../lib/stacks/environment.ts';
import { addStacks, FEATURE_FLAGS } from '../lib/stacks/leeboard-app.ts';

/**
 * The CDK app: `-c environment=prod`, `-c notify=someone@example.org`, `-c webhooks=slack:/name/of/parameter`,
 * `-c project=folder/with/datasets/and/models`, `-c pace=1`.
 */
async function main(): Promise<void> {
  const app = new App({ context: { ...FEATURE_FLAGS } });
  const environment = environmentOf(
    app.node.tryGetContext('environment') ?? 'dev',
    app.node.tryGetContext('notify'),
    app.node.tryGetContext('webhooks'),
    app.node.tryGetContext('pace'),
  );
  const project = join(PROJECT_ROOT, app.node.tryGetContext('project') ?? '.');
  const specs = await loadSpecs(project);
  addStacks(app, { environment, ...specs, codeVersion: codeVersion() });
  app.synth();
}

main().catch((error: unknown) => {
  console.error(error instanceof LeeboardError ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
});
