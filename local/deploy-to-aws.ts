import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { LeeboardError } from '#core/errors.ts';
import { collectOutputs, OUTPUTS_FILE, writeOutputs } from '#lib/client/outputs.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { cdk } from './cdk.ts';
import { installEngines } from './engines/install-engines.ts';
import { buildLayers } from './layers/build-layers.ts';
import { SetUpError } from './set-up-error.ts';

/**
 * The same stacks in an AWS account, with your own credentials: `npm run bootstrap` (once an account and region),
 * `npm run deploy -- --environment prod --notify me@example.org [--webhooks slack:/name/of/parameter] [--profile NAME] [--yes]`,
 * `npm run destroy`.
 */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string', default: 'dev' },
      notify: { type: 'string', default: '' },
      webhooks: { type: 'string', default: '' },
      profile: { type: 'string' },
      yes: { type: 'boolean', default: false },
    },
  });
  const [action] = positionals;
  if (values.profile) process.env.AWS_PROFILE = values.profile;
  if (action === 'bootstrap') return bootstrap();
  if (action !== 'deploy' && action !== 'destroy')
    throw new SetUpError(`expected bootstrap, deploy or destroy, got ${action}`);
  const environment = environmentOf(values.environment, values.notify, values.webhooks);
  if (environment.name === 'local')
    throw new SetUpError('environment local is what "npm start" deploys: choose dev, staging or prod');
  const region = requireRegion();
  const { python } = await installEngines();
  await buildLayers({ python, platform: environment.platform });
  const context = [
    ...['-c', `environment=${environment.name}`],
    ...['-c', `notify=${values.notify}`],
    ...['-c', `webhooks=${values.webhooks}`],
  ];
  const extra =
    action === 'deploy' ? ['--require-approval', values.yes ? 'never' : 'broadening'] : ['--force'];
  await cdk([action, '--all', ...context, ...extra], { visible: true });
  if (action === 'destroy') return;
  const { apiId: _, ...outputs } = await collectOutputs(environment.name, {
    endpoint: process.env.AWS_ENDPOINT_URL ?? null,
    region,
  });
  writeOutputs(outputs);
  console.log(`\nAddresses are in ${OUTPUTS_FILE}. Next: npx leeboard status`);
}

/** From an empty folder: beside cdk.json the app would be synthesized first, for which its layers are needed. */
async function bootstrap(): Promise<void> {
  const region = requireRegion();
  const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-bootstrap-'));
  try {
    await cdk(['bootstrap', `aws://${Account}/${region}`], { folder, visible: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function requireRegion(): string {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (!region) throw new SetUpError('AWS_REGION must be set, got nothing: export AWS_REGION=eu-central-1');
  return region;
}

main().catch((error: unknown) => {
  console.error(error instanceof LeeboardError ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
});
