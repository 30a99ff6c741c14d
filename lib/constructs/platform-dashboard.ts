import { Aws } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  CompositeAlarm,
  Dashboard,
  type IWidget,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { type IStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ATTENTION, alarmName, dashboardName } from '#core/monitor/alarm-names.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { graph } from './model-dashboard.ts';
import { LIVE, modelMetric, monitoringPeriod, servicePeriod } from './model-metrics.ts';
import { physicalName } from './physical-name.ts';
import type { Pipeline } from './pipeline.ts';
import { runningExecutions } from './running-executions.ts';

/** Pipelines that each model has of its own. */
const OF_MODELS = ['train-model', 'deploy-model', 'score-batch', 'monitor-model', 'retrain-model'] as const;
/** CloudWatch draws so many metrics in one graph. */
const MOST_METRICS = 500;

export interface PlatformDashboardProps {
  readonly environment: Environment;
  /** By name alone: their stacks come after this one. */
  readonly models: readonly ModelSpec[];
  /** Name -> pipelines that all models share. */
  readonly pipelines: Readonly<Record<string, Pipeline>>;
}

/** One page for everything: which models need attention, what is asked, what runs, what failed, what was lost. */
export class PlatformDashboard extends Construct {
  /** @param scope whose dead-letter queues are shown: build it last */
  constructor(scope: Construct, id: string, props: PlatformDashboardProps) {
    super(scope, id);
    const { environment, models } = props;
    const machines = this.#machines(props);
    const period = servicePeriod(environment);
    const queues = scope.node.findAll().filter((each) => each instanceof DeadLetterQueue);
    new Dashboard(this, 'Dashboard', {
      dashboardName: dashboardName(environment.name),
      widgets: [
        [
          new TextWidget({
            markdown: `# Leeboard ${environment.name}\nEvery model has a dashboard of its own: \`${dashboardName(environment.name, '<model>')}\`. What to do when an alarm rings: \`docs/runbooks\`.`,
            width: 24,
            height: 2,
          }),
        ],
        // A graph without a metric is none.
        ...(models.length === 0 ? [] : this.#models(props)),
        [
          graph('Pipelines running, of those started since the left edge', LIVE, {
            left: machines
              .filter(([name]) => !name.endsWith('monitor-model'))
              .slice(0, MOST_METRICS / 6)
              .map(([name, machine], index) => runningExecutions(name, machine, `p${index}`)),
            width: 12,
          }),
          graph('Runs that failed, by pipeline', LIVE, {
            left: machines
              .slice(0, MOST_METRICS)
              .map(([name, machine]) => machine.metricFailed({ period: LIVE, label: name })),
            width: 12,
          }),
        ],
        [
          graph('Dead letters: what nobody could do, and waits to be read', period, {
            left: queues.map((queue) =>
              queue.metricApproximateNumberOfMessagesVisible({
                period,
                statistic: Stats.MAXIMUM,
                label: queue.node.path.split('/').slice(1, -1).join(' '),
              }),
            ),
            width: 24,
          }),
        ],
      ],
    });
  }

  #models({ environment, models }: PlatformDashboardProps): IWidget[][] {
    const period = servicePeriod(environment);
    const predict = (metricName: string, statistic: string = Stats.SUM) =>
      models.map(
        ({ name: model }) =>
          new Metric({
            namespace: 'AWS/Lambda',
            metricName,
            dimensionsMap: { FunctionName: physicalName(environment, 'predict', { model }) },
            statistic,
            period,
            label: model,
          }),
      );
    const drift = models.map((model) =>
      modelMetric(environment, model.name, 'DriftPsi', monitoringPeriod(environment, model)).with({
        label: model.name,
      }),
    );
    return [
      [this.#attention(environment, models)],
      [
        graph('Requests by model', period, { left: predict('Invocations'), width: 12 }),
        graph('Requests whose function failed', period, { left: predict('Errors'), width: 12 }),
      ],
      [
        graph('Latency of an answer, p99, ms', period, {
          left: predict('Duration', Stats.percentile(99)),
          width: 12,
          ...sharedLimit(models, ({ latencyMs }) => latencyMs, 'slow beyond'),
        }),
        graph('Drift of the inputs: largest PSI of a column', period, {
          left: drift,
          width: 12,
          ...sharedLimit(models, ({ psi }) => psi, 'drift from'),
        }),
      ],
    ];
  }

  #attention(environment: Environment, models: readonly ModelSpec[]): AlarmStatusWidget {
    return new AlarmStatusWidget({
      title: 'Models that need attention first',
      alarms: models.map(({ name }) =>
        CompositeAlarm.fromCompositeAlarmName(
          this,
          `Attention${name}`,
          alarmName(environment.name, name, ATTENTION),
        ),
      ),
      sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
      width: 24,
      height: 2 + Math.ceil(models.length / 4),
    });
  }

  #machines({ environment, models, pipelines }: PlatformDashboardProps): [string, IStateMachine][] {
    const arn = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:`;
    return [
      ...Object.entries(pipelines).map(([name, { machine }]) => [name, machine] as [string, IStateMachine]),
      ...models.flatMap(({ name: model }) =>
        OF_MODELS.map((what): [string, IStateMachine] => [
          `${model}-${what}`,
          StateMachine.fromStateMachineArn(
            this,
            `${model}-${what}`,
            `${arn}${physicalName(environment, what, { model, limit: 80 })}`,
          ),
        ]),
      ),
    ];
  }
}

/** Where the alarms of all models ring; of models that differ each has its own on its own dashboard. */
function sharedLimit(
  models: readonly ModelSpec[],
  of: (monitor: ModelSpec['monitor']) => number,
  words: string,
): { limit?: { value: number; label: string } } {
  const [value, ...others] = new Set(models.map(({ monitor }) => of(monitor)));
  return value === undefined || others.length > 0 ? {} : { limit: { value, label: `${words} ${value}` } };
}
