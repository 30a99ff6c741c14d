import type { Estimate } from '#core/evaluate/interval.ts';
import { chart } from './chart.ts';
import type { Html } from './html.ts';

/** A window in the time line. */
export interface TimePoint {
  /** When it begins, ms since 1970. */
  readonly at: number;
  readonly version: number;
  /** Whether it is the one that the page is of. */
  readonly isThis: boolean;
  readonly overall: number | null;
  readonly alarm: number | null;
  /** With truth. */
  readonly performance: Estimate | null;
  /** Without it. */
  readonly estimate: number | null;
}

const WIDE = { width: 840, height: 180, autosize: { type: 'fit-x', contains: 'padding' } } as const;
const X = {
  field: 'at',
  type: 'temporal',
  title: 'begin of the window (UTC)',
  scale: { type: 'utc' },
  axis: { grid: false, tickCount: 8 },
} as const;
/** On the right: beside the newest windows, which a small screen shows. */
const Y_AXIS = { tickCount: 5, orient: 'right' } as const;
const SIDES = {
  type: 'nominal',
  field: 'side',
  scale: { domain: ['a', 'b'], range: ['var(--a)', 'var(--b)'] },
} as const;

/** How far the inputs were from the baseline, window by window: overall (a), and what the alarm looks at (b). */
export function driftLine(points: readonly TimePoint[], threshold: number): Promise<Html> {
  const values = points.flatMap((point) => [
    { ...point, side: 'a', value: point.overall },
    { ...point, side: 'b', value: point.alarm },
  ]);
  const y = { type: 'quantitative', title: 'PSI', scale: { zero: true }, axis: Y_AXIS } as const;
  return chart({
    ...WIDE,
    layer: [
      {
        data: { values: [{ threshold }] },
        mark: { type: 'rule', strokeDash: [5, 4], color: 'var(--ink)' },
        encoding: { y: { ...y, field: 'threshold' } },
      },
      ...lines(values, y, [1, 0]),
    ],
  });
}

/** The watched metric window by window: with truth and its interval (b), and estimated without it (a, dashed). */
export function performanceLine(points: readonly TimePoint[], metric: string): Promise<Html> {
  const y = {
    type: 'quantitative',
    title: metric,
    scale: { zero: false },
    axis: Y_AXIS,
  } as const;
  const known = points.flatMap(({ performance, ...point }) =>
    performance?.low == null || performance.high == null
      ? []
      : [{ ...point, low: performance.low, high: performance.high }],
  );
  const values = points.flatMap((point) => [
    { ...point, side: 'a', value: point.estimate },
    { ...point, side: 'b', value: point.performance?.value ?? null },
  ]);
  return chart({
    ...WIDE,
    layer: [
      {
        data: { values: known },
        mark: { type: 'rule', strokeWidth: 2, opacity: 0.5, color: 'var(--b)' },
        encoding: { x: X, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      ...lines(values, y, [4, 3]),
    ],
  });
}

/** A line a side and version, broken where a window has no value; this window's dots are the large ones. */
function lines(values: readonly { readonly side: string }[], y: object, dashOfA: readonly number[]) {
  const dash = {
    field: 'side',
    type: 'nominal',
    scale: { domain: ['a', 'b'], range: [dashOfA, [1, 0]] },
  };
  const place = { x: X, y: { ...y, field: 'value' }, color: SIDES };
  return [
    {
      data: { values },
      mark: { type: 'line', strokeWidth: 1.5 },
      encoding: { ...place, strokeDash: dash, detail: { field: 'version', type: 'nominal' } },
    },
    {
      data: { values },
      mark: { type: 'point', filled: true, opacity: 1 },
      encoding: {
        ...place,
        size: { condition: { test: 'datum.isThis', value: 120 }, value: 28 },
      },
    },
  ];
}

/** A feature's share of all attribution, when the version was judged (a) and now (b). */
export function attributionBars(
  features: readonly { readonly feature: string; readonly before: number; readonly now: number }[],
): Promise<Html> {
  const values = features.flatMap(({ feature, before, now }) => [
    { feature, side: 'a', share: before },
    { feature, side: 'b', share: now },
  ]);
  return chart({
    width: 400,
    autosize: { type: 'fit-x', contains: 'padding' },
    height: 23 * features.length,
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      y: { field: 'feature', type: 'nominal', sort: features.map(({ feature }) => feature), title: null },
      yOffset: { field: 'side', type: 'nominal' },
      x: {
        field: 'share',
        type: 'quantitative',
        title: 'share of the attribution',
        axis: { tickCount: 5, format: '~%' },
      },
      color: SIDES,
    },
  });
}

/** A share and its interval by group. */
export function groupRates(
  groups: readonly { readonly group: string; readonly rate: Estimate; readonly breached: boolean }[],
): Promise<Html> {
  const values = groups.flatMap(({ group, rate: { value, low, high }, breached }) =>
    value === null
      ? []
      : [{ group, value, low: low ?? value, high: high ?? value, side: breached ? 'b' : 'a' }],
  );
  const x = { type: 'quantitative', title: 'share selected', axis: { tickCount: 5, format: '~%' } } as const;
  const place = { y: { field: 'group', type: 'nominal', sort: null, title: null }, color: SIDES };
  return chart({
    width: 400,
    autosize: { type: 'fit-x', contains: 'padding' },
    height: 24 * values.length,
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, opacity: 0.55 },
        encoding: { ...place, x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { ...place, x: { ...x, field: 'value' } },
      },
    ],
  });
}
