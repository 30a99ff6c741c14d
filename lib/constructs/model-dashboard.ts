import type { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Color,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { dashboardName } from '#core/monitor/alarm-names.ts';
import type { ModelMetric } from '#core/monitor/metric-names.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import { LIVE, modelMetric, monitoringPeriod, servicePeriod } from './model-metrics.ts';
import type { ModelServing } from './model-serving.ts';
import type { Pipeline } from './pipeline.ts';
import { runningExecutions } from './running-executions.ts';
import type { Storage } from './storage.ts';

export interface ModelDashboardProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly storage: Storage;
  readonly serving: ModelServing;
  /** Name -> pipelines whose executions are shown. */
  readonly pipelines: Readonly<Record<string, Pipeline>>;
  readonly alarms: readonly IAlarm[];
}

/** A third of the console's 24 columns: three graphs side by side can be read on a laptop. */
const THIRD = 8;
const RED = '#d62728';

/**
 * The dashboard of one model: what rings, then what it is fed, what it answers, how good that is, how it serves, what runs.
 * @param scope its own, without a construct between: a dashboard that moves in the tree is deleted under its own name
 */
export function addModelDashboard(scope: Construct, props: ModelDashboardProps): void {
  const { environment, model } = props;
  new Dashboard(scope, 'Dashboard', {
    dashboardName: dashboardName(environment.name, model.name),
    widgets: [
      [heading(props)],
      [
        new AlarmStatusWidget({
          title: 'Alarms: what rings first',
          alarms: [...props.alarms],
          sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
          width: 24,
          height: 3,
        }),
      ],
      ...watched(props),
      service(props),
      runs(props),
    ],
  });
}

function heading({ model, storage }: ModelDashboardProps): IWidget {
  return new TextWidget({
    markdown:
      `# ${model.name}\nPredicts \`${model.label}\` from dataset ${model.from.name}. What to do when an alarm rings: ` +
      `\`docs/runbooks\`. Reports: \`s3://${storage.store.bucketName}/reports/${model.name}/\``,
    width: 24,
    height: 2,
  });
}

/** What monitoring found, window by window. */
function watched({ environment, model }: ModelDashboardProps): IWidget[][] {
  const { name, monitor } = model;
  const period = monitoringPeriod(environment, model);
  const metric = (metricName: ModelMetric, label: string, statistic: string = Stats.MAXIMUM) =>
    modelMetric(environment, name, metricName, period, statistic).with({ label });
  return [
    [
      graph('Drift of the inputs, PSI beyond sampling noise', period, {
        left: [metric('DriftPsi', 'largest of a column'), metric('DriftOverall', 'all columns, weighted')],
        limit: { value: monitor.psi, label: `drift from ${monitor.psi}` },
      }),
      graph('Drift of answers and truth; ranking of features', period, {
        left: [metric('PredictionPsi', 'answers, PSI'), metric('LabelPsi', 'truth, PSI')],
        right: [metric('AttributionNdcg', 'ranking, nDCG (1: as ever)', Stats.MINIMUM)],
      }),
      graph('Predictions looked at, rows a window', period, {
        left: [metric('MonitoredPredictions', 'predictions')],
        right: [
          metric(
            'SecondsWithoutPrediction',
            `seconds since the newest (silence from ${durationSeconds(monitor.silence)})`,
            Stats.MINIMUM,
          ),
        ],
      }),
    ],
    [
      graph(`Performance: ${model.gates.champion?.metric ?? 'the watched metric'}`, period, {
        left: [
          metric('Performance', 'measured with truth', Stats.AVERAGE),
          metric('EstimatedPerformance', 'estimate without truth', Stats.AVERAGE),
        ],
        right: [metric('PerformanceDrop', 'surely worse by')],
      }),
      graph('Truth: share known, and seconds until it came', period, {
        left: [metric('TruthJoinRate', 'share known', Stats.MINIMUM)],
        right: [metric('TruthDelaySeconds', 'seconds, median')],
        limit: { value: monitor.truth, label: `missing below ${monitor.truth}` },
      }),
      graph('Data quality: what is not as declared', period, {
        left: [
          metric('DataQualityViolations', 'rows'),
          metric('InvalidRequests', 'requests refused', Stats.SUM),
          metric('BiasBreaches', 'groups below their bound'),
        ],
      }),
    ],
  ];
}

/** What callers meet. */
function service({ environment, model, serving }: ModelDashboardProps): IWidget[] {
  const { predict } = serving;
  const period = servicePeriod(environment);
  return [
    graph('Requests, and those without an answer', period, {
      left: [predict.metricInvocations({ period, label: 'requests' })],
      right: [
        predict.metricErrors({ period, label: 'function failed', color: RED }),
        predict.metricThrottles({ period, label: 'no room', color: Color.ORANGE }),
        modelMetric(environment, model.name, 'ServerErrors', period, Stats.SUM).with({
          label: 'answered 5xx',
        }),
      ],
    }),
    graph('Latency of an answer, ms', period, {
      left: ['p50', 'p99'].map((statistic) =>
        predict.metricDuration({ period, statistic, label: statistic }),
      ),
      limit: {
        value: model.monitor.latencyMs,
        label: `slow beyond ${model.monitor.latencyMs} ms, three in a row`,
      },
    }),
    graph('Answers under way at once', LIVE, {
      left: [
        predict.metric('ConcurrentExecutions', { period: LIVE, statistic: Stats.MAXIMUM, label: 'at once' }),
      ],
    }),
  ];
}

function runs({ environment, model, pipelines }: ModelDashboardProps): IWidget[] {
  const executions = Object.entries(pipelines);
  return [
    graph('Pipelines running, of those started since the left edge', LIVE, {
      left: executions.map(([name, { machine }]) => runningExecutions(name, machine)),
      width: 12,
    }),
    graph('Runs that failed', LIVE, {
      left: [
        ...executions.map(([name, { machine }]) => machine.metricFailed({ period: LIVE, label: name })),
        modelMetric(environment, model.name, 'TrainingFailed', LIVE).with({
          label: 'training: 1 failed, 0 ended well',
        }),
        modelMetric(environment, model.name, 'MonitoringFailed', LIVE).with({
          label: 'monitoring: 1 failed, 0 ended well',
        }),
      ],
      width: 12,
    }),
  ];
}

/** A graph whose counts and shares start at zero, so that a small change looks small. */
export function graph(
  title: string,
  period: Duration,
  {
    left,
    right = [],
    limit,
    width = THIRD,
  }: {
    left: IMetric[];
    right?: IMetric[];
    limit?: { value: number; label: string };
    width?: number;
  },
): GraphWidget {
  return new GraphWidget({
    title,
    left,
    right,
    width,
    height: 6,
    period,
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, showUnits: false },
    ...(limit && { leftAnnotations: [{ ...limit, color: RED }] }),
  });
}
