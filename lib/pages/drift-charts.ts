import { type ColumnProfile, sharesOf } from '#core/drift/profile.ts';
import type { ColumnShares } from '#core/drift/report.ts';
import { total } from '#core/figures.ts';
import { chart } from './chart.ts';
import type { Html } from './html.ts';

/** Levels that have bars of their own; the rest share one. */
const MOST_LEVELS = 15;

/** Of a cut: more than that only tells it from the double just below it. */
const MOST_DIGITS = 6;

/** A bin's share of the rows, 0 to 1. */
export interface Bar {
  readonly bin: string;
  readonly before: number;
  readonly after: number;
}

/** Shares of a column's bins, those of the training data above those of the window. */
export function shareBars(column: ColumnShares): Promise<Html> {
  const bars = barsOf(column);
  const values = bars.flatMap(({ bin, before, after }) => [
    { bin, side: 'a', share: before },
    { bin, side: 'b', share: after },
  ]);
  return chart({
    width: 320,
    autosize: { type: 'fit-x', contains: 'padding' },
    height: 21 * bars.length,
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      y: { field: 'bin', type: 'nominal', sort: bars.map(({ bin }) => bin), title: null },
      yOffset: { field: 'side', type: 'nominal' },
      x: {
        field: 'share',
        type: 'quantitative',
        title: 'share of the rows',
        axis: { tickCount: 4, format: '~%' },
      },
      color: {
        field: 'side',
        type: 'nominal',
        scale: { domain: ['a', 'b'], range: ['var(--a)', 'var(--b)'] },
      },
    },
  });
}

/**
 * The bins as a person reads them: numbers in their order; of levels those that moved most, the most frequent first, the
 * others summed up. Rows that are missing, or of no level that training knew, are shown where there are any.
 */
export function barsOf({ baseline, window }: ColumnShares): Bar[] {
  const after = sharesOf(window);
  const bins = namesOf(window).map((bin, index) => ({
    bin,
    before: baseline.shares[index] as number,
    after: after[index] as number,
  }));
  const known = bins.slice(0, window.counts.length);
  const others = bins.slice(window.counts.length).filter(({ before, after }) => before + after > 0);
  return distinct([...(window.kind === 'category' ? mostMoved(known) : known), ...others]);
}

function mostMoved(levels: readonly Bar[]): Bar[] {
  // Alone, a last one is better shown than summed up.
  if (levels.length <= MOST_LEVELS + 1) return [...levels];
  const moved = ({ before, after }: Bar) => Math.abs(after - before);
  const kept = new Set([...levels].sort((a, b) => moved(b) - moved(a)).slice(0, MOST_LEVELS));
  const rest = levels.filter((level) => !kept.has(level));
  return [
    ...levels.filter((level) => kept.has(level)),
    {
      bin: `(${rest.length} more levels)`,
      before: total(rest.map(({ before }) => before)),
      after: total(rest.map(({ after }) => after)),
    },
  ];
}

function namesOf(window: ColumnProfile): string[] {
  if (window.kind === 'category') return [...window.levels, '(other levels)', '(missing)'];
  const { cuts } = window;
  const [first, last] = [cuts[0], cuts.at(-1)];
  if (first === undefined || last === undefined) return ['any number', '(missing)'];
  const number = shortest(cuts);
  const within = cuts.slice(1).map((to, index) => {
    const [low, high] = [number(cuts[index] as number), number(to)];
    // A value with a bin of its own: its lower cut is the double just below it.
    return low === high ? high : `${low} to ${high}`;
  });
  return [`up to ${number(first)}`, ...within, `above ${number(last)}`, '(missing)'];
}

/** As few digits, from 4 to 6, as tell the cuts apart. */
function shortest(cuts: readonly number[]): (value: number) => string {
  const told = (digits: number) => new Set(cuts.map((cut) => number(cut, digits))).size;
  const digits = [4, 5].find((few) => told(few) === told(MOST_DIGITS)) ?? MOST_DIGITS;
  return (value) => number(value, digits);
}

/** Bars of one name would be drawn as one: what repeats gets spaces that nobody sees. */
function distinct(bars: readonly Bar[]): Bar[] {
  const names = new Set<string>();
  return bars.map((bar) => {
    let { bin } = bar;
    while (names.has(bin)) bin += '\u200b';
    names.add(bin);
    return { ...bar, bin };
  });
}

/** The double just below 0 is 0 to a person. */
const number = (value: number, digits: number) =>
  Math.abs(value) <= Number.MIN_VALUE ? '0' : String(Number(value.toPrecision(digits)));
