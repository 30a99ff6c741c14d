import { z } from 'zod';
import { driftedPsi } from '#core/drift/index.ts';
import type { DriftReport, Monitored } from '#core/drift/report.ts';
import { driftPage } from '#lib/pages/drift-page.ts';
import { type ExaminedWindow, examineWindow } from '#lib/pipelines/examine-window.ts';
import { metricOf } from './shared/metrics.ts';
import { Champion, monitoring, monitoringPorts, nothing, PlannedWindow } from './shared/monitoring.ts';
import { parseInput, WindowRun } from './shared/payloads.ts';

/** With what CloudWatch's PutMetricData takes. */
type Measured = Monitored & {
  readonly window: {
    readonly from: string;
    readonly to: string;
    readonly revision: number;
    readonly fresh: boolean;
  };
  readonly metrics: readonly object[];
};

const Input = z.object({ run: WindowRun, champion: Champion, window: PlannedWindow });

/** Says what a window shows, and what CloudWatch is to be told of it: nothing of what it was told before. */
export const handler = async (event: unknown): Promise<Measured> => {
  const { run, champion, window } = parseInput(Input, event);
  const ports = { ...monitoringPorts(), draw: drawn };
  const examined = await examineWindow(ports, await monitoring(run), champion, window);
  const { from, to } = window;
  if (!examined) return { ...nothing(run), window: { from, to, revision: 0, fresh: false } };
  const { report, revision, fresh, reportKey, pageKey } = examined;
  const { rows, psi, column, drifted, shifted } = report;
  return {
    rows,
    psi,
    column,
    drifted,
    shifted,
    reportKey,
    pageKey,
    window: { from, to, revision, fresh },
    metrics: fresh ? metricsOf(run, examined) : [],
  };
};

function metricsOf(
  { model, asOf }: z.output<typeof WindowRun>,
  { report }: ExaminedWindow,
): readonly object[] {
  const metric = metricOf(model, asOf);
  // Too few rows say nothing: no metric, so no alarm.
  const judged = report.rows >= report.minRows && report.psi !== null;
  return [
    ...metric('MonitoredPredictions', report.rows),
    ...(judged ? metric('DriftPsi', driftedPsi(report)) : []),
  ];
}

/** A picture that cannot be drawn must not keep an alarm from ringing. */
async function drawn(report: DriftReport): Promise<string | null> {
  try {
    return await driftPage(report);
  } catch (error) {
    const message = 'the drift report has no page';
    console.error(JSON.stringify({ level: 'ERROR', message, model: report.model, cause: String(error) }));
    return null;
  }
}
