import { type ColumnProfile, categoricalProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';
import { type DriftReport, driftReport } from '#core/drift/report.ts';
import { windowDrift } from '#core/drift/window-drift.ts';

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

/** What `km`, `city` and `hour` of 1,000 trips were like. */
export const tripBaseline: ColumnProfile[] = (['km', 'hour', 'city'] as const).map((column) =>
  column === 'city'
    ? categoricalProfile(
        column,
        CITIES,
        trips(ROWS).map(({ city }) => city),
      )
    : numericProfile(
        column,
        decileCuts(trips(ROWS).map((trip) => trip[column])),
        trips(ROWS).map((trip) => trip[column]),
      ),
);

/** A report on trips that are `further` than those of the baseline. */
export function driftReportOf(
  further: number,
  {
    rows = ROWS,
    baseline = tripBaseline,
    ...changes
  }: Partial<DriftReport> & { baseline?: ColumnProfile[] } = {},
): DriftReport {
  const judging = { threshold: 0.2, minRows: 200 };
  const facts = {
    model: 'late',
    version: 2,
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T01:00:00.000Z',
    rows,
    ...judging,
    sensitive: [],
  };
  const drift = windowDrift(baseline, trips(rows, further) as never, judging);
  return { ...driftReport(facts, baseline, drift), ...changes };
}
