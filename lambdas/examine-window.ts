import { z } from 'zod';
import { type MonitoredWindow, monitoredWindow, NOTHING_MONITORED } from '#core/monitor/monitored.ts';
import { secondsWithoutPrediction } from '#core/monitor/silence.ts';
import { windowFigures } from '#core/monitor/window-figures.ts';
import { examineLoggedWindow } from '#lib/pipelines/examine-window.ts';
import { newestPredictions } from '#lib/pipelines/newest-predictions.ts';
import { drawWindow } from './shared/draw-window.ts';
import { metricsOf } from './shared/metrics.ts';
import { Deployed, monitoringPorts, monitoringRequest, PlannedWindow } from './shared/monitoring.ts';
import { parseInput, WindowRun } from './shared/payloads.ts';
import { openPredictor } from './shared/predictors.ts';
import { registry } from './shared/resources.ts';

const Input = z.object({ run: WindowRun, champion: Deployed, window: PlannedWindow });

/**
 * Says what a window shows, and what CloudWatch is to be told of it: nothing of what it was told before, nor of a version that
 * was replaced, nor of a look over another length of time than the model's own, which may be back at what is over and would
 * ring its alarm again.
 */
export const handler = async (
  event: unknown,
): Promise<MonitoredWindow & { readonly metrics: readonly object[] }> => {
  const { run, champion, window } = parseInput(Input, event);
  const ports = { ...monitoringPorts(), open: openPredictor, draw: drawWindow };
  const examined = await examineLoggedWindow(ports, await monitoringRequest(run), window);
  const { from, to } = window;
  const known = await newestPredictions(registry(), run.model, run.asOf);
  const silence = secondsWithoutPrediction([examined?.newest ?? null, ...known], Date.parse(run.asOf));
  const figures = { SecondsWithoutPrediction: silence };
  const isNews = run.window === null && window.version.version === champion.version;
  if (!examined) {
    const metrics = metricsOf(run, { ...(isNews && { MonitoredPredictions: 0 }), ...figures });
    return { ...NOTHING_MONITORED, window: { from, to, revision: 0, fresh: false }, metrics };
  }
  const { report, reportKey, pageKey } = examined;
  const fresh = examined.fresh && isNews;
  return {
    ...monitoredWindow(report, { from, to, revision: report.revision, fresh }, { reportKey, pageKey }),
    metrics: metricsOf(run, { ...(fresh && windowFigures(report)), ...figures }),
  };
};
