import { z } from 'zod';
import type { MONITORING_METRICS } from '#core/monitor/metric-names.ts';
import { countMetrics, isTooOld } from './shared/metrics.ts';
import { parseInput } from './shared/payloads.ts';

const Input = z.object({
  model: z.string(),
  /** As Step Functions tells of its end; a large input is left out. */
  execution: z.object({ status: z.string(), input: z.string().nullish() }),
});

/** Of those that a person ended there is nothing to say. */
const FAILED: Readonly<Record<string, 0 | 1>> = { SUCCEEDED: 0, FAILED: 1, TIMED_OUT: 1 };

/**
 * The model's metrics say whether a run of monitoring failed. The run does not say so itself: what made it fail might keep
 * it from that, too. A run as of a past that CloudWatch is told nothing of says nothing of how monitoring does now, either.
 */
export const handler = async (event: unknown): Promise<void> => {
  const { model, execution } = parseInput(Input, event);
  const failed = FAILED[execution.status];
  const { asOf } = JSON.parse(execution.input ?? '{}') as { asOf?: unknown };
  if (failed === undefined || (typeof asOf === 'string' && isTooOld(asOf))) return;
  countMetrics(model, { MonitoringFailed: failed } satisfies Record<
    (typeof MONITORING_METRICS)[number],
    number
  >);
};
