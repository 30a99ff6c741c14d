import { windowDrift } from '#core/drift/index.ts';
import type { ModelDrift } from '#core/drift/model-drift.ts';
import {
  binNumber,
  type ColumnProfile,
  categoricalProfile,
  decileCuts,
  numericProfile,
} from '#core/drift/profile.ts';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';

type Draw = (random: Random) => number | null;
/** A column's values, one a row; those of levels are numbers of levels. */
export type Columns = readonly (readonly (number | null)[])[];

export const BASELINE_ROWS = 10_000;
/** Levels that a baseline keeps. */
const KEPT = 50;

const often = (share: number, draw: Draw): Draw => {
  return (random) => (random.uniform() < share ? draw(random) : null);
};
const exponential: Draw = (random) => -Math.log(1 - random.uniform());
/** Level k of `count` has a weight of (k + 1)^-power. */
function levels(count: number, power: number): Draw {
  let sum = 0;
  const sums = Array.from({ length: count }, (_, level) => (sum += (level + 1) ** -power));
  const borders = sums.slice(0, -1).map((border) => border / sum);
  return (random) => binNumber(borders, random.uniform());
}

/** Twenty columns as models have them. The first is a standard normal one: it is what is shifted. */
const COLUMNS: readonly { readonly kind: 'number' | 'category'; readonly draw: Draw }[] = [
  ...[
    (random: Random) => random.normal(),
    (random: Random) => 1000 + 50 * random.normal(),
    (random: Random) => Math.exp(random.normal()),
    (random: Random) => Math.exp(1.5 * random.normal()),
    exponential,
    (random: Random) => random.uniform(),
    (random: Random) => random.integer(0, 23),
    (random: Random) => Math.round(random.normal()),
    (random: Random) => (random.uniform() < 0.6 ? 0 : Math.exp(random.normal())),
    (random: Random) => random.normal() / Math.max(0.01, Math.abs(random.normal())),
    often(0.9, (random) => random.normal()),
    often(0.3, exponential),
  ].map((draw) => ({ kind: 'number' as const, draw })),
  ...[
    levels(2, 0),
    levels(2, 5),
    levels(3, 1),
    levels(12, 0.5),
    levels(50, 1),
    levels(200, 1),
    often(0.8, levels(8, 1)),
    often(0.99, levels(30, 2)),
  ].map((draw) => ({ kind: 'category' as const, draw })),
];
export const KINDS = COLUMNS.map(({ kind }) => kind);

/** @param shift of the first column, in its standard deviations */
export function drawColumns(random: Random, rows: number, shift = 0): Columns {
  return COLUMNS.map(({ draw }, column) =>
    Array.from({ length: rows }, () => {
      const value = draw(random);
      return column === 0 && value !== null ? value + shift : value;
    }),
  );
}

export function baselineOf(columns: Columns): ColumnProfile[] {
  return columns.map((values, column) => {
    const name = `c${column}`;
    if (KINDS[column] === 'number') return numericProfile(name, decileCuts(values), values);
    const counts = new Map<string, number>();
    for (const value of values)
      if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([level]) => level);
    return categoricalProfile(name, frequent.slice(0, KEPT), values.map(text));
  });
}

/** What `monitor-model` would judge of logged rows. */
export function judge(baseline: readonly ColumnProfile[], columns: Columns): ModelDrift {
  const rows = (columns[0] ?? []).map((_, row) =>
    Object.fromEntries(columns.map((values, column) => [`c${column}`, values[row] ?? null])),
  );
  return windowDrift(baseline, rows, {});
}

/** Seeded windows, 20 against each baseline, one after the other. */
export function* drawWindows(windows: number, rows: number, shift = 0) {
  const random = seededRandom(`${rows} rows, shift ${shift}`);
  for (let first = 0; first < windows; first += 20) {
    const baseline = drawColumns(random, BASELINE_ROWS);
    yield {
      baseline,
      windows: Array.from({ length: Math.min(20, windows - first) }, () => drawColumns(random, rows, shift)),
    };
  }
}

const text = (value: number | null) => (value === null ? null : String(value));
