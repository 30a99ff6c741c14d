import type { Monitored } from '#core/drift/report.ts';
import { planWindows, type WindowPlan } from '#lib/pipelines/plan-windows.ts';
import { monitoring, monitoringPorts, nothing } from './shared/monitoring.ts';
import { parseInput, WindowRun } from './shared/payloads.ts';

/** Says which windows of predictions are to be examined, and what monitoring came to when none is. */
export const handler = async (
  event: unknown,
): Promise<WindowPlan & { readonly monitored: Monitored & { readonly metrics: readonly object[] } }> => {
  const run = parseInput(WindowRun, event);
  return { ...(await planWindows(monitoringPorts(), await monitoring(run))), monitored: nothing(run) };
};
