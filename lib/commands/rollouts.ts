import type { DeploymentDetails, DeploymentState } from '#core/api/deployments.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { age, count } from './format.ts';
import { bold, EXIT, type ExitCode, green, type Printer, plain, yellow } from './printer.ts';
import { parseReference } from './reference.ts';
import { list, table } from './table.ts';

type Client = Pick<LeeboardClient, 'outputs' | 'deployment' | 'changeDeployment'>;

/** `leeboard rollouts`: which version answers, which is tried and how far, and every change. */
export async function rollouts(
  client: Client,
  { model, now = new Date() }: { readonly model: string; readonly now?: Date },
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const deployment = await client.deployment(model);
  print.result(deployment, () => describeDeployment(deployment, now.toISOString()));
  return EXIT.ok;
}

/** `leeboard promote`: makes a version champion. */
export async function promote(
  client: Client,
  { version: text, reason }: { readonly version: string; readonly reason: string },
  print: Printer,
): Promise<ExitCode> {
  const reference = parseReference(client.outputs, text);
  if (reference.kind !== 'version')
    throw new UsageError(`expected a version such as flights-late@2, got ${text}`);
  const { model, version } = reference;
  const changed = await client.changeDeployment(model, 'promote', { version, reason });
  print.result(
    changed,
    () => `${green('promoted')}: ${model}@${version} is the champion, rev ${changed.rev}`,
  );
  return EXIT.ok;
}

/** `leeboard rollback`, `freeze` and `unfreeze`. */
export async function changeDeployment(
  client: Client,
  { model, action, reason }: { readonly model: string; readonly action: Action; readonly reason: string },
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  // What it takes back depends on what there is: when that changes meanwhile, nothing is taken back.
  const seen = action === 'rollback' ? { rev: (await client.deployment(model)).rev } : {};
  const changed = await client.changeDeployment(model, action, { reason, ...seen });
  print.result(changed, () => SENTENCES[action](changed));
  return EXIT.ok;
}

type Action = 'rollback' | 'freeze' | 'unfreeze';

const SENTENCES: Record<Action, (state: DeploymentState) => string> = {
  rollback: ({ model, champion, rev }) =>
    `${green('rolled back')}: ${model}@${champion} answers alone, rev ${rev}`,
  freeze: ({ model, frozen }) =>
    `${yellow('frozen')} by ${plain(frozen?.by ?? '')}: nothing of ${model} is promoted until "npx leeboard unfreeze ${model}"`,
  unfreeze: ({ model }) => `${green('lifted')}: versions of ${model} are promoted again`,
};

function describeDeployment(deployment: DeploymentDetails, now: string): string {
  const { model, champion, previous, rev, rollout, frozen, served, changes } = deployment;
  const head = list([
    ['model', model],
    ['champion', champion === null ? 'none' : `version ${champion}, rev ${rev}`],
    ['before it', previous === null ? '-' : `version ${previous}: where a rollback goes`],
    ['tried', rollout ? describeRollout(rollout, now) : 'nothing'],
    ...(frozen
      ? [
          [
            'frozen',
            yellow(`by ${plain(frozen.by)} ${age(frozen.at, now)} ago: ${plain(frozen.reason)}`),
          ] as const,
        ]
      : []),
  ]);
  const counts = served
    ? [['champion', served.champion] as const, ['challenger', served.candidate] as const].map(
        ([who, counted]) => ({
          'this stage': who,
          requests: count(counted.requests),
          rows: count(counted.rows),
          errors: count(counted.errors),
        }),
      )
    : [];
  const history = changes.map(({ rev: number, at, action, from, to, of, by, reason }) => ({
    rev: String(number),
    ago: age(at, now),
    change: action,
    champion: from === to ? String(to ?? '-') : `${from ?? '-'} -> ${to ?? '-'}`,
    challenger: of === undefined ? '-' : String(of),
    by: plain(by),
    reason: plain(reason),
  }));
  return [head, table(counts), table(history) || `${bold('changes')}  none`].filter(Boolean).join('\n\n');
}

function describeRollout(rollout: NonNullable<DeploymentState['rollout']>, now: string): string {
  const { challenger, stage, stageIndex, stageStartedAt, stickTo } = rollout;
  const what =
    stage.kind === 'shadow'
      ? 'scored beside the champion'
      : `answers ${stage.percent} % of ${stickTo ?? 'requests'}`;
  return `version ${challenger} ${what}, stage ${stageIndex + 1}, for ${age(stageStartedAt, now)}`;
}
