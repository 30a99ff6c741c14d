import { type ColumnProfile, categoricalProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';
import { windowProfile } from '#core/drift/window-profile.ts';
import { inputDrift } from '#core/monitor/input-drift.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import type { InputDrift, WindowReport } from '#core/monitor/report.ts';

const ROWS = 1000;
const CITIES = ['north', 'south', 'east'];

interface Trip {
  readonly km: number;
  readonly city: string | null;
  readonly hour: number;
}

/** Trips, `further` by so many kilometres. */
const trips = (rows: number, further = 0): Trip[] =>
  Array.from({ length: rows }, (_, n) => ({
    km: ((n * 7919) % ROWS) + further,
    city: CITIES[n % 3] as string,
    hour: (n * 31) % 24,
  }));

/** What `km`, `hour` and `city` of 1,000 trips were like. */
export const tripBaseline: ColumnProfile[] = (['km', 'hour', 'city'] as const).map((column) => {
  const values = trips(ROWS).map((trip) => trip[column]);
  return column === 'city'
    ? categoricalProfile(column, CITIES, values as string[])
    : numericProfile(column, decileCuts(values as number[]), values as number[]);
});

export interface TripWindow {
  /** Kilometres that trips are further than those of the baseline. */
  readonly further?: number;
  readonly rows?: number;
  readonly baseline?: ColumnProfile[];
  /** Column -> weight, 0 for the others. @default not known */
  readonly weights?: Readonly<Record<string, number>>;
}

/** Drift of `km`, `hour` and `city` of trips. */
export function inputDriftOf(
  { further = 0, rows = ROWS, baseline = tripBaseline, weights }: TripWindow = {},
  changes: Partial<InputDrift> = {},
): InputDrift {
  const asked = trips(rows, further) as unknown as Record<string, string | number>[];
  const window = baseline.map((profile) =>
    windowProfile(
      profile,
      asked.map((trip) => trip[profile.column]),
    ),
  );
  const judging = { threshold: 0.2, minRows: 200, weights: weights ?? null, sensitive: [] };
  return { ...inputDrift(baseline, window, judging), ...changes };
}

/** A report on a window of 1,000 trips, quiet unless they are told to be further. */
export function windowReportOf(window: TripWindow = {}, changes: Partial<WindowReport> = {}): WindowReport {
  const rows = window.rows ?? 1000;
  return {
    format: 2,
    model: 'late',
    version: 2,
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T01:00:00.000Z',
    revision: 1,
    asOf: '2026-01-01T01:10:00.000Z',
    rows,
    compared: rows,
    minRows: 200,
    attention: [],
    inputs: inputDriftOf(window),
    before: null,
    predictions: null,
    predictionShares: null,
    attribution: null,
    quality: { violations: 0, threshold: 0.05, columns: [], missing: [] },
    latencyMs: rows === 0 ? null : { p50: 1.5, p99: 9 },
    estimate: null,
    groups: [],
    truth: null,
    ...changes,
  };
}

/** What the registry has of the window that began at an hour of the day before. */
export function windowRecordOf(hour: number, changes: Partial<WindowRecord> = {}): WindowRecord {
  const at = (of: number) => new Date(Date.UTC(2025, 11, 31, of)).toISOString();
  return {
    model: 'late',
    version: 2,
    from: at(hour),
    to: at(hour + 1),
    revision: 1,
    contentSha256: '0'.repeat(64),
    logSha256: '1'.repeat(64),
    truthSha256: null,
    runId: 'run-1',
    newest: at(hour),
    examinedAt: at(hour + 1),
    rows: 1000,
    alarmPsi: 0,
    overall: 0.01,
    drifted: [],
    shifted: [],
    predictionPsi: null,
    ndcg: null,
    performance: null,
    estimate: null,
    attention: [],
    reportKey: 'reports/late/windows/2/x.json',
    pageKey: null,
    ...changes,
  };
}
