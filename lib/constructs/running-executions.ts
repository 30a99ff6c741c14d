import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { LIVE } from './model-metrics.ts';

/**
 * Executions of a pipeline that run: those started less those ended, summed up from the graph's left edge, as CloudWatch
 * counts both and not what runs.
 * @param id begins the names of the metrics in the graph's expressions: a lower-case letter first
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
export function runningExecutions(
  name: string,
  machine: IStateMachine,
  id: string = name.replaceAll('-', '_'),
): MathExpression {
  const counts = {
    started: machine.metricStarted({ period: LIVE }),
    succeeded: machine.metricSucceeded({ period: LIVE }),
    failed: machine.metricFailed({ period: LIVE }),
    aborted: machine.metricAborted({ period: LIVE }),
    timed_out: machine.metricTimedOut({ period: LIVE }),
  };
  const metrics = Object.fromEntries(
    Object.entries(counts).map(([what, metric]) => [`${id}_${what}`, metric]),
  );
  const [started, ...ended] = Object.keys(metrics).map((metric) => `FILL(${metric}, 0)`);
  return new MathExpression({
    expression: `RUNNING_SUM(${[started, ...ended].join(' - ')})`,
    usingMetrics: metrics,
    label: name,
    period: LIVE,
  });
}
