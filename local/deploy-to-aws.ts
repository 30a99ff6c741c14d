import { parseArgs } from 'node:util';
import { LeeboardError } from '#core/errors.ts';
import { collectOutputs, OUTPUTS_FILE, writeOutputs } from '#lib/client/outputs.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { cdk } from './cdk.ts';
import { installEngines } from './engines/install-engines.ts';
import { buildLayers } from './layers/build-layers.ts';
import { SetUpError } from './set-up-error.ts';

/**
 * `npm run deploy -- --environment prod --notify me@example.org [--profile NAME] [--yes]` and `npm run destroy`: the same
 * stacks in an AWS account, with your own credentials.
 */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string', default: 'dev' },
      notify: { type: 'string', default: '' },
      profile: { type: 'string' },
      yes: { type: 'boolean', default: false },
    },
  });
  const [action] = positionals;
  if (action !== 'deploy' && action !== 'destroy')
    throw new SetUpError(`expected deploy or destroy, got ${action}`);
  const environment = environmentOf(values.environment, values.notify);
  if (environment.name === 'local')
    throw new SetUpError('environment local is what "npm start" deploys: choose dev, staging or prod');
  if (values.profile) process.env.AWS_PROFILE = values.profile;
  const { python } = await installEngines();
  await buildLayers({ python, platform: environment.platform });
  const context = ['-c', `environment=${environment.name}`, '-c', `notify=${values.notify}`];
  const extra =
    action === 'deploy' ? ['--require-approval', values.yes ? 'never' : 'broadening'] : ['--force'];
  await cdk([action, '--all', ...context, ...extra], { visible: true });
  if (action === 'destroy') return;
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (!region)
    throw new SetUpError(
      'the stacks are deployed, but AWS_REGION must be set to write .leeboard/outputs.json',
    );
  const { apiId: _, ...outputs } = await collectOutputs(environment.name, {
    endpoint: process.env.AWS_ENDPOINT_URL ?? null,
    region,
  });
  writeOutputs(outputs);
  console.log(`\nAddresses are in ${OUTPUTS_FILE}. Next: npx leeboard status`);
}

main().catch((error: unknown) => {
  console.error(error instanceof LeeboardError ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
});
