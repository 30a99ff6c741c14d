import type { LeaderboardEntry } from '#core/search/index.ts';
import { chart } from './chart.ts';
import type { Html } from './html.ts';

/** Completed trials, each a line through its settings; the best one stands out. A picture an algorithm. */
export function parallelTrials(trials: readonly LeaderboardEntry[], colour: string): Promise<Html>[] {
  const completed = trials.filter(({ status, value }) => status === 'completed' && value !== null);
  const candidates = [...new Set(completed.map(({ candidate }) => candidate))];
  return candidates.flatMap((candidate) => {
    const own = completed.filter((trial) => trial.candidate === candidate);
    const axes = axesOf(own);
    if (own.length < 2 || axes.length < 2) return [];
    const lines = own.flatMap(({ number, value, parameters }) =>
      axes.map((axis) => ({
        trial: number,
        axis: axis.name,
        at: axis.at(axis.name === 'value' ? (value as number) : Number(parameters[axis.name])),
      })),
    );
    const best = own[0] as LeaderboardEntry;
    const x = {
      field: 'axis',
      type: 'point',
      sort: axes.map(({ name }) => name),
      title: null,
      axis: { labelAngle: 0, labelPadding: 20, grid: true },
    };
    const y = { field: 'at', type: 'quantitative', scale: { domain: [0, 1] }, axis: null };
    const mark = (isBest: boolean) => ({
      data: { values: lines.filter(({ trial }) => (trial === best.number) === isBest) },
      mark: { type: 'line', color: colour, strokeWidth: isBest ? 3 : 1, opacity: isBest ? 1 : 0.35 },
      encoding: { x: { ...x, type: 'nominal' }, y, detail: { field: 'trial', type: 'nominal' } },
    });
    const ends = axes.flatMap(({ name, low, high }) => [
      { axis: name, at: 0, label: short(low) },
      { axis: name, at: 1, label: short(high) },
    ]);
    const labels = (end: 0 | 1) => ({
      data: { values: ends.filter(({ at }) => at === end) },
      mark: { type: 'text', fontSize: 10, dy: end === 1 ? -8 : 12, color: 'var(--soft)' },
      encoding: { x: { ...x, type: 'nominal' }, y, text: { field: 'label', type: 'nominal' } },
    });
    return [
      chart({
        title: { text: candidate, anchor: 'start', color: 'var(--ink)', fontSize: 12 },
        width: Math.max(320, 92 * axes.length),
        height: 180,
        layer: [mark(false), mark(true), labels(0), labels(1)],
      }),
    ];
  });
}

interface Axis {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Position of a value, 0 to 1; logarithmic when the values span more than a factor of twenty. */
  readonly at: (value: number) => number;
}

/** Numeric settings that vary, and the value itself. */
function axesOf(trials: readonly LeaderboardEntry[]): Axis[] {
  const names = Object.keys(trials[0]?.parameters ?? {});
  return [...names, 'value'].flatMap((name) => {
    const values = trials.map(({ value, parameters }) => (name === 'value' ? value : parameters[name]));
    if (!values.every((value): value is number => typeof value === 'number' && Number.isFinite(value)))
      return [];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (low === high) return [];
    const scale = low > 0 && high / low > 20 ? Math.log : (value: number) => value;
    return [{ name, low, high, at: (value) => (scale(value) - scale(low)) / (scale(high) - scale(low)) }];
  });
}

const short = (value: number) => String(Number(value.toPrecision(3)));
