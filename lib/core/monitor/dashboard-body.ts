import { z } from 'zod';

/** Which y axis a line is drawn against. */
export type Axis = 'left' | 'right';

/** A metric, or an expression over others, of a graph. */
export interface DashboardLine {
  /** Unique in its graph. */
  readonly id: string;
  readonly label: string;
  /** Seconds. */
  readonly period: number;
  readonly axis: Axis;
  /** False: an expression's input, which is not drawn. */
  readonly visible: boolean;
  /** As CSS writes it. @default the page's */
  readonly color?: string;
  readonly metric:
    | { readonly expression: string }
    | {
        readonly namespace: string;
        readonly name: string;
        readonly dimensions: Readonly<Record<string, string>>;
        readonly statistic: string;
      };
}

/** A value of a line: epoch milliseconds where its period begins, and the value. */
export type Point = readonly [at: number, value: number];

/** Of a graph's lines that are drawn, by their ids, the oldest first. */
export type Points = ReadonlyMap<string, readonly Point[]>;

/** Where a widget is on the dashboard's grid of 24 columns. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type DashboardWidget = Place &
  (
    | { readonly type: 'text'; readonly markdown: string }
    /** Names of alarms. */
    | { readonly type: 'alarm'; readonly title: string; readonly alarms: readonly string[] }
    | {
        readonly type: 'metric';
        readonly title: string;
        readonly lines: readonly DashboardLine[];
        /** Horizontal lines, against the left axis. */
        readonly limits: readonly { readonly value: number; readonly label: string }[];
      }
  );

const PLACE = { x: z.number(), y: z.number(), width: z.number(), height: z.number() };
const Options = z.object({
  id: z.string().optional(),
  label: z.string().optional(),
  period: z.number().optional(),
  stat: z.string().default('Average'),
  yAxis: z.enum(['left', 'right']).default('left'),
  visible: z.boolean().default(true),
  color: z.string().optional(),
  expression: z.string().optional(),
});
const Graph = z.object({
  title: z.string(),
  period: z.number().default(300),
  metrics: z.array(z.tuple([z.unknown()], z.unknown())),
  annotations: z
    .object({ horizontal: z.array(z.object({ value: z.number(), label: z.string() })).default([]) })
    .default({ horizontal: [] }),
});
const Body = z.object({
  widgets: z.array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('text'), ...PLACE, properties: z.object({ markdown: z.string() }) }),
      z.object({
        type: z.literal('alarm'),
        ...PLACE,
        properties: z.object({ title: z.string(), alarms: z.array(z.string()) }),
      }),
      z.object({ type: z.literal('metric'), ...PLACE, properties: Graph }),
    ]),
  ),
});

/**
 * What a dashboard of ours shows, of the body that CloudWatch keeps.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 * @throws ZodError for kinds of widgets that ours do not have
 */
export function readDashboard(body: string): readonly DashboardWidget[] {
  return Body.parse(JSON.parse(body)).widgets.map(({ properties, ...widget }): DashboardWidget => {
    const { x, y, width, height } = widget;
    const place = { x, y, width, height };
    if ('markdown' in properties) return { ...place, type: 'text', markdown: properties.markdown };
    if ('alarms' in properties) {
      const alarms = properties.alarms.map((arn) => arn.slice(arn.indexOf(':alarm:') + ':alarm:'.length));
      return { ...place, type: 'alarm', title: properties.title, alarms };
    }
    const { title, metrics, period, annotations } = properties;
    const lines = metrics.map((line, index) => readLine(line, index, period));
    return { ...place, type: 'metric', title, lines, limits: annotations.horizontal };
  });
}

/** @param line [namespace, name, dimension, value, ..., options], or [options] of an expression */
function readLine(line: readonly unknown[], index: number, graphPeriod: number): DashboardLine {
  const last = line.at(-1);
  const { id, label, period, stat, yAxis, visible, color, expression } = Options.parse(
    typeof last === 'object' ? last : {},
  );
  const [namespace = '', name = '', ...flat] = line.filter((part) => typeof part === 'string');
  const dimensions = Object.fromEntries(
    flat.flatMap((key, at) => (at % 2 === 0 ? [[key, flat[at + 1] ?? '']] : [])),
  );
  return {
    id: id ?? `line${index}`,
    label: label ?? expression ?? name,
    period: period ?? graphPeriod,
    axis: yAxis,
    visible,
    ...(color !== undefined && { color }),
    metric: expression === undefined ? { namespace, name, dimensions, statistic: stat } : { expression },
  };
}
