import { total } from '#core/figures.ts';
import type { AnswerChange } from '#core/replay/report.ts';
import { chart } from './chart.ts';
import type { Html } from './html.ts';

type Numbers = Extract<AnswerChange, { task: 'binary' | 'regression' }>;
type Labels = Extract<AnswerChange, { task: 'multiclass' }>;

const SIZE = { width: 420, height: 240 } as const;
const SIDE = {
  field: 'side',
  type: 'nominal',
  scale: { domain: ['a', 'b'], range: ['var(--a)', 'var(--b)'] },
} as const;

/** Rows by their answer, those given then as bars and the version's as a line over them. */
export function answerHistogram({ task, scores }: Numbers): Promise<Html> {
  const values = binRows(scores.edges, { before: scores.before, after: scores.after });
  const last = values.at(-1);
  // A step is drawn from its point on: without another one at the end the last bin would have no width.
  const steps = last ? [...values, { ...last, from: last.to }] : [];
  const x = {
    field: 'from',
    type: 'quantitative',
    title: task === 'binary' ? 'probability' : 'value',
    scale: { zero: false, nice: false },
    axis: { tickCount: 8 },
  } as const;
  return chart({
    ...SIZE,
    layer: [
      {
        data: { values },
        mark: { type: 'bar', color: 'var(--a)', opacity: 0.45 },
        encoding: { x, x2: { field: 'to' }, ...rowsUpTo('before') },
      },
      {
        data: { values: steps },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2, color: 'var(--b)' },
        encoding: { x, y: { field: 'after', type: 'quantitative', title: 'rows' } },
      },
    ],
  });
}

/** Rows by how far their answer moves; left of the line it is lower than it was. */
export function changeHistogram({ task, changes }: Numbers): Promise<Html> {
  const x = {
    field: 'from',
    type: 'quantitative',
    title: `change of the ${task === 'binary' ? 'probability' : 'value'}`,
    scale: { nice: false },
    axis: { tickCount: 6 },
  } as const;
  return chart({
    ...SIZE,
    layer: [
      {
        data: { values: binRows(changes.edges, { rows: changes.counts }) },
        mark: { type: 'bar', color: 'var(--b)', opacity: 0.7 },
        encoding: { x, x2: { field: 'to' }, ...rowsUpTo('rows') },
      },
      {
        data: { values: [{ from: 0 }] },
        mark: { type: 'rule', color: 'var(--ink)', strokeDash: [4, 4] },
        encoding: { x },
      },
    ],
  });
}

/** Rows a label, then and now. */
export function labelBars({ labels, confusion }: Labels): Promise<Html> {
  const values = labels.flatMap((label, place) => [
    { label, side: 'a', rows: total(confusion[place] ?? []) },
    { label, side: 'b', rows: total(confusion.map((row) => row[place] as number)) },
  ]);
  return chart({
    width: SIZE.width,
    height: { step: 13 },
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      y: { field: 'label', type: 'nominal', sort: [...labels], title: null },
      yOffset: { field: 'side', type: 'nominal' },
      x: { field: 'rows', type: 'quantitative', title: 'rows', axis: { tickCount: 5 } },
      color: SIDE,
    },
  });
}

/** Rows by what they were called and are called now; on the diagonal the two are the same. */
export function labelMatrix({ labels, confusion }: Labels): Promise<Html> {
  const values = labels.flatMap((before, row) =>
    labels.map((after, column) => ({ before, after, rows: confusion[row]?.[column] ?? 0 })),
  );
  const most = Math.max(...values.map(({ rows }) => rows));
  const axes = {
    y: { field: 'before', type: 'nominal', sort: [...labels], title: 'was' },
    x: { field: 'after', type: 'nominal', sort: [...labels], title: 'would be', axis: { labelAngle: 0 } },
  } as const;
  return chart({
    width: SIZE.width,
    height: { step: 34 },
    data: { values },
    layer: [
      {
        mark: { type: 'rect', color: 'var(--b)' },
        encoding: {
          ...axes,
          opacity: { field: 'rows', type: 'quantitative', scale: { domain: [0, most], range: [0, 0.6] } },
        },
      },
      {
        mark: { type: 'text', fontSize: 12 },
        encoding: { ...axes, text: { field: 'rows', type: 'quantitative' } },
      },
    ],
  });
}

/** A bar from 0: with both axes numbers, nothing says by itself where it begins. */
const rowsUpTo = (field: string) => ({
  y: { field, type: 'quantitative', title: 'rows' } as const,
  y2: { datum: 0 },
});

function binRows(edges: readonly number[], sides: Readonly<Record<string, readonly number[]>>) {
  return edges.slice(0, -1).map((from, bin) => ({
    from,
    to: edges[bin + 1] as number,
    ...Object.fromEntries(Object.entries(sides).map(([name, counts]) => [name, counts[bin] as number])),
  }));
}
