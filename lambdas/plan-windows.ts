import { type MonitoredWindow, NOTHING_MONITORED } from '#core/monitor/monitored.ts';
import { planWindows, type WindowPlan } from '#lib/pipelines/plan-windows.ts';
import { metricsOf } from './shared/metrics.ts';
import { monitoringPorts, monitoringRequest } from './shared/monitoring.ts';
import { parseInput, WindowRun } from './shared/payloads.ts';

/** Says which windows of predictions are to be examined, and what monitoring came to when none is. */
export const handler = async (
  event: unknown,
): Promise<
  WindowPlan & { readonly monitored: MonitoredWindow & { readonly metrics: readonly object[] } }
> => {
  const run = parseInput(WindowRun, event);
  return {
    ...(await planWindows(monitoringPorts(), await monitoringRequest(run))),
    monitored: { ...NOTHING_MONITORED, metrics: metricsOf(run, { MonitoredPredictions: 0 }) },
  };
};
