import type { Monitored } from '../drift/report.ts';
import type { Attention, WindowReport } from './report.ts';

/** A window that a run looked at. */
export interface SeenWindow {
  /** ISO 8601, UTC; included. */
  readonly from: string;
  /** Excluded. */
  readonly to: string;
  /** From 1; 0 when nobody was answered in it. */
  readonly revision: number;
  /** Whether it is news: not what was known before, nor of a version that was replaced, nor over another length of time than the model's own. */
  readonly fresh: boolean;
}

/** What a run of `monitor-model` found in its newest window. */
export interface MonitoredWindow extends Monitored {
  /** Of `drifted`, those that the model relies on too little to wake anybody. */
  readonly light: readonly string[];
  /** null without a champion. */
  readonly window: SeenWindow | null;
  /** Of what was answered; null where the version has no reference. */
  readonly predictions: { readonly psi: number | null; readonly verdict: string } | null;
  /** With truth. */
  readonly performance: {
    readonly metric: string;
    readonly value: number | null;
    readonly rows: number;
  } | null;
  /** Without truth: metric -> value. */
  readonly estimate: Readonly<Record<string, number>> | null;
  readonly attention: readonly Attention[];
}

/** What monitoring comes to when there is nothing to compare. */
export const NOTHING_MONITORED: MonitoredWindow = {
  rows: 0,
  psi: null,
  column: null,
  drifted: [],
  shifted: [],
  light: [],
  reportKey: null,
  pageKey: null,
  window: null,
  predictions: null,
  performance: null,
  estimate: null,
  attention: [],
};

/** The few facts of a report that a run hands on. */
export function monitoredWindow(
  report: WindowReport,
  window: SeenWindow,
  keys: Pick<Monitored, 'reportKey' | 'pageKey'>,
): MonitoredWindow {
  const { compared, inputs, predictions, truth, estimate, attention } = report;
  const { psi, column, drifted, shifted, light } = inputs;
  return {
    rows: compared,
    psi,
    column,
    drifted,
    shifted,
    light,
    ...keys,
    window,
    predictions: predictions && { psi: predictions.psi, verdict: predictions.verdict },
    performance: truth?.watched
      ? { metric: truth.watched.metric, value: truth.watched.now.value, rows: truth.rows }
      : null,
    estimate: estimate?.metrics ?? null,
    attention,
  };
}
