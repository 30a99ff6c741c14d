import type { RunFacts } from '#core/compare/run-facts.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import type { SliceEvaluation } from '#core/evaluate/slices.ts';
import { chart } from './chart.ts';
import type { Html } from './html.ts';

/** Two runs, `a` in the first colour and `b` in the second, in every picture. */
export type Sides = readonly [a: RunFacts, b: RunFacts];

const SIDES = ['a', 'b'] as const;
const COLOUR = {
  field: 'side',
  type: 'nominal',
  scale: { domain: [...SIDES], range: ['var(--a)', 'var(--b)'] },
} as const;
const OFFSET = { field: 'side', scale: { domain: [...SIDES] } } as const;
const MAX_POINTS = 400;

const perSide = <T>(sides: Sides, rows: (facts: RunFacts) => readonly T[]) =>
  sides.flatMap((facts, index) => rows(facts).map((row) => ({ ...row, side: SIDES[index] })));

/** The watched metric on validation rows (solid) and train rows (dashed), a picture a metric. */
export function learningCurves(sides: Sides): Promise<Html>[] {
  const points = perSide(sides, ({ history }) =>
    thinned(history).flatMap(({ round, metric, train, validation }) => [
      ...(train === undefined ? [] : [{ round, metric, rows: 'train', value: train }]),
      ...(validation === undefined ? [] : [{ round, metric, rows: 'validation', value: validation }]),
    ]),
  );
  return [...new Set(points.map(({ metric }) => metric))].map((metric) =>
    chart({
      width: 420,
      height: 240,
      data: { values: points.filter((point) => point.metric === metric) },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: {
        x: { field: 'round', type: 'quantitative', title: 'round', axis: { grid: false } },
        y: { field: 'value', type: 'quantitative', title: metric, scale: { zero: false } },
        color: COLOUR,
        strokeDash: {
          field: 'rows',
          type: 'nominal',
          scale: {
            domain: ['validation', 'train'],
            range: [
              [1, 0],
              [4, 3],
            ],
          },
        },
      },
    }),
  );
}

/** Evenly thinned: ten thousand rounds are no more to see than four hundred. */
function thinned<T>(rows: readonly T[]): readonly T[] {
  const step = Math.max(1, Math.ceil(rows.length / MAX_POINTS));
  return rows.filter((_, index) => index % step === 0 || index === rows.length - 1);
}

/** Every metric that both have with its interval, each on a scale of its own. */
export function metricIntervals(sides: Sides): Promise<Html>[] {
  const shared = Object.keys(sides[0].metrics).filter((metric) =>
    sides.every((facts) => (facts.metrics[metric]?.value ?? null) !== null),
  );
  if (shared.length === 0) return [];
  const values = perSide(sides, ({ metrics }) =>
    shared.map((metric) => ({ metric, ...known(metrics[metric] as Estimate) })),
  );
  return [
    chart({
      data: { values },
      facet: { field: 'metric', type: 'nominal', title: null, sort: shared },
      columns: 3,
      spacing: { row: 18, column: 34 },
      resolve: { scale: { x: 'independent' } },
      spec: {
        width: 250,
        height: 46,
        layer: dotsWithIntervals({ y: { ...OFFSET, type: 'nominal', axis: null } }),
      },
    }),
  ];
}

/** A dot a side and its interval behind it, along x. */
function dotsWithIntervals(place: object, title: string | null = null) {
  const x = {
    field: 'value',
    type: 'quantitative',
    title,
    scale: { zero: false },
    axis: { tickCount: 5 },
  } as const;
  return [
    {
      mark: { type: 'rule', strokeWidth: 2, opacity: 0.55 },
      encoding: { ...place, x: { ...x, field: 'low' }, x2: { field: 'high' }, color: COLOUR },
    },
    {
      mark: { type: 'point', filled: true, size: 70, opacity: 1 },
      encoding: { ...place, x, color: COLOUR },
    },
  ];
}

/** An interval that is not known is as wide as its value. */
function known({ value, low, high }: Estimate) {
  return { value, low: low ?? value, high: high ?? value };
}

/** What was predicted against what happened; on the diagonal the two are the same. */
export function reliability(sides: Sides): Promise<Html>[] {
  const values = perSide(sides, ({ evaluation }) => {
    const test = evaluation?.test;
    if (!test || !('calibration' in test)) return [];
    return test.calibration.bins.map(({ meanPredicted, observed }) => ({
      predicted: meanPredicted,
      ...known(observed),
    }));
  });
  if (values.length === 0) return [];
  const x = {
    field: 'predicted',
    type: 'quantitative',
    title: 'predicted probability, mean of a tenth of the rows',
    scale: { domain: [0, 1] },
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    title: 'share that happened',
    scale: { domain: [0, 1] },
  } as const;
  return [
    chart({
      width: 360,
      height: 300,
      layer: [
        {
          data: {
            values: [
              { predicted: 0, value: 0 },
              { predicted: 1, value: 1 },
            ],
          },
          mark: { type: 'line', strokeWidth: 1, strokeDash: [4, 4], color: 'var(--soft)' },
          encoding: { x, y },
        },
        {
          data: { values },
          mark: { type: 'rule', opacity: 0.5 },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: COLOUR },
        },
        {
          data: { values },
          mark: { type: 'line', strokeWidth: 1.5, point: { filled: true, size: 45 } },
          encoding: { x, y, color: COLOUR },
        },
      ],
    }),
  ];
}

/** How far predictions are from the truth, by quantile of the error; of regression models. */
export function residuals(sides: Sides): Promise<Html>[] {
  const values = perSide(sides, ({ evaluation }) => {
    const test = evaluation?.test;
    return test && 'residuals' in test ? test.residuals.quantiles : [];
  });
  if (values.length === 0) return [];
  return [
    chart({
      width: 420,
      height: 240,
      data: { values },
      mark: { type: 'line', strokeWidth: 2, point: { filled: true, size: 45 } },
      encoding: {
        x: { field: 'share', type: 'quantitative', title: 'share of the rows', axis: { format: '%' } },
        y: { field: 'value', type: 'quantitative', title: 'prediction less truth' },
        color: COLOUR,
      },
    }),
  ];
}

const FEATURES = 20;

/** By how much the loss rises when a feature is shuffled; the features that matter most to either. */
export function importances(sides: Sides): Promise<Html>[] {
  const values = perSide(sides, ({ evaluation }) =>
    (evaluation?.robustness.permutation ?? []).flatMap(({ feature, increase }) =>
      increase === null ? [] : [{ feature, increase }],
    ),
  );
  if (values.length === 0) return [];
  const most = new Map<string, number>();
  for (const { feature, increase } of values)
    most.set(feature, Math.max(increase, most.get(feature) ?? increase));
  const shown = [...most]
    .sort((a, b) => b[1] - a[1])
    .slice(0, FEATURES)
    .map(([feature]) => feature);
  return [
    chart({
      width: 460,
      height: { step: 11 },
      data: { values: values.filter(({ feature }) => shown.includes(feature)) },
      mark: { type: 'bar' },
      encoding: {
        y: { field: 'feature', type: 'nominal', sort: shown, title: null },
        yOffset: OFFSET,
        x: { field: 'increase', type: 'quantitative', title: 'rise of the loss', axis: { tickCount: 5 } },
        color: COLOUR,
      },
    }),
  ];
}

/** One metric in every group that both judged, a picture a slice. */
export function slices(sides: Sides, metric: string): Promise<Html>[] {
  const names = [
    ...new Set(sides.flatMap(({ evaluation }) => (evaluation?.slices ?? []).map(({ by }) => by))),
  ];
  return names.flatMap((by) => {
    const values = perSide(sides, ({ evaluation }) => groupRows(evaluation?.slices ?? [], by, metric));
    if (values.length === 0) return [];
    const place = { y: { field: 'group', type: 'nominal', title: null }, yOffset: OFFSET };
    return [
      chart({
        title: { text: by, anchor: 'start', color: 'var(--ink)', fontSize: 12 },
        width: 360,
        height: { step: 12 },
        data: { values },
        layer: dotsWithIntervals(place, metric),
      }),
    ];
  });
}

function groupRows(evaluated: readonly SliceEvaluation[], by: string, metric: string) {
  const groups = evaluated.find((slice) => slice.by === by)?.groups ?? [];
  return groups.flatMap(({ group, metrics }) => {
    const estimate = metrics[metric];
    return estimate && estimate.value !== null ? [{ group: group ?? '(none)', ...known(estimate) }] : [];
  });
}
