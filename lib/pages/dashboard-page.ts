import type { Axis, DashboardWidget, Place, Point, Points } from '#core/monitor/dashboard-body.ts';
import { chart } from './chart.ts';
import { type Html, html, page } from './html.ts';

/** A dashboard and what it shows at a moment. */
export interface DashboardPage {
  readonly name: string;
  readonly widgets: readonly DashboardWidget[];
  /** Epoch milliseconds; of all graphs. */
  readonly from: number;
  readonly to: number;
  /** Of a graph, by its place among the widgets. */
  readonly points: ReadonlyMap<number, Points>;
  /** By the alarms' names. */
  readonly alarms: ReadonlyMap<
    string,
    { readonly state: string; readonly since: string; readonly reason: string }
  >;
}

/** Told apart by people who see no red and green, and on light and dark. Source: Okabe and Ito, 2008. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8c8c8c', '#a6761d'];
/** Of one of the grid's 24 columns and of one of its rows, in pixels. */
const [COLUMN, ROW] = [58, 52];
const DAY = 86_400_000;

const utc = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The dashboard as one page: each widget at its place, on a small screen one below the other. */
export async function dashboardPage(shown: DashboardPage): Promise<string> {
  const drawn: Html[] = [];
  for (const [index, widget] of shown.widgets.entries())
    drawn.push(
      html`<div class="widget" style="grid-area: ${widget.y + 1} / ${widget.x + 1} / span ${widget.height} / span ${widget.width}">${await content(widget, index, shown)}</div>\n`,
    );
  return page(
    shown.name,
    html`<p class="meta">${shown.name}, ${utc(shown.from)} to ${utc(shown.to)}</p>
<div class="dashboard">
${drawn}</div>`,
  );
}

async function content(widget: DashboardWidget, index: number, shown: DashboardPage): Promise<Html> {
  switch (widget.type) {
    case 'text':
      return html`${widget.markdown.split('\n').map(paragraph)}`;
    case 'alarm':
      return html`<h2>${widget.title}</h2><ul class="alarms">${alarmStates(widget.alarms, shown)}</ul>`;
    case 'metric':
      return graph(widget, shown.points.get(index) ?? new Map(), shown);
  }
}

/** Of Markdown what our texts have: a heading, and what is code. */
function paragraph(line: string): Html {
  if (line.startsWith('# ')) return html`<h1>${line.slice(2)}</h1>`;
  return html`<p>${line.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}</p>`;
}

/** What rings first, then what changed last. */
function alarmStates(names: readonly string[], { alarms, name: dashboard }: DashboardPage): Html[] {
  const unknown = { state: 'INSUFFICIENT_DATA', since: '', reason: '' };
  return names
    .map((name) => ({ name, ...(alarms.get(name) ?? unknown) }))
    .sort((a, b) => rank(a.state) - rank(b.state) || (a.since < b.since ? 1 : -1))
    .map(({ name, state, since, reason }) => {
      const short = name.startsWith(`${dashboard}-`) ? name.slice(dashboard.length + 1) : name;
      const when = since && ` since ${since.slice(0, 16).replace('T', ' ')}`;
      return html`<li class="${state.toLowerCase()}" title="${reason}"><b>${short}</b> ${state.replace('_', ' ')}${state === 'ALARM' ? when : ''}</li>`;
    });
}

const rank = (state: string) => ['ALARM', 'OK'].indexOf(state) >>> 0;

type Graph = Extract<DashboardWidget, { type: 'metric' }>;

async function graph(widget: Graph, points: Points, span: { from: number; to: number }): Promise<Html> {
  const lines = widget.lines
    .filter(({ visible }) => visible)
    .map((line, index) => ({
      ...line,
      color: line.color ?? (COLOURS[index % COLOURS.length] as string),
      points: points.get(line.id) ?? [],
    }));
  const legend = lines.map(
    ({ label, color, axis, points: of }) =>
      html`<li><i style="background: ${color}"></i>${label}${axis === 'right' ? ' (right)' : ''} <span class="soft">${newest(of)}</span></li>`,
  );
  const limits = widget.limits.map(({ label }) => html`<li><i class="limit"></i>${label}</li>`);
  const picture = lines.some((line) => line.points.length > 0)
    ? await chart(lineChart(widget, lines, span))
    : html`<p class="nothing">no data in this time</p>`;
  return html`<h2>${widget.title}</h2><div class="picture">${picture}</div><ul class="lines">${legend}${limits}</ul>`;
}

const newest = (points: readonly Point[]) => {
  const value = points.at(-1)?.[1];
  return value === undefined ? '–' : String(Number(value.toPrecision(4)));
};

type Drawn = { axis: Axis; color: string; period: number; points: readonly Point[] };

/** Lines against their own axis, broken where a period has no value; limits are dashed, against the left one. */
function lineChart(
  { width, height, limits }: Place & Pick<Graph, 'limits'>,
  lines: readonly Drawn[],
  { from, to }: { readonly from: number; readonly to: number },
) {
  const x = {
    field: 'at',
    type: 'temporal',
    title: null,
    scale: { type: 'utc', domain: [from, to] },
    axis: { grid: false, tickCount: 6, format: to - from > DAY ? '%b %d %H:%M' : '%H:%M' },
  };
  const layer = (['left', 'right'] as const).flatMap((axis) => {
    const values = lines.filter((line) => line.axis === axis).flatMap(valuesOf);
    const rules = axis === 'left' ? limits.map(({ value }) => ({ value })) : [];
    if (values.length + rules.length === 0) return [];
    const most = Math.max(...[...values, ...rules].map(({ value }) => value));
    const y = {
      field: 'value',
      type: 'quantitative',
      title: null,
      // Nothing but zeros has a scale, too.
      scale: { domainMin: 0, ...(most > 0 ? { nice: true } : { domainMax: 1 }) },
      axis: { orient: axis, tickCount: 4, grid: axis === 'left', format: most < 10_000 ? ',~f' : '~s' },
    };
    const place = { x, color: { field: 'color', type: 'nominal', scale: null } };
    return [
      {
        encoding: { y },
        layer: [
          { data: { values: rules }, mark: { type: 'rule', strokeDash: [5, 4], color: '#d62728' } },
          {
            data: { values },
            mark: { type: 'line', strokeWidth: 1.5 },
            encoding: { ...place, detail: { field: 'part', type: 'nominal' } },
          },
          { data: { values }, mark: { type: 'point', filled: true, size: 14, opacity: 1 }, encoding: place },
        ],
      },
    ];
  });
  return {
    width: width * COLUMN - 70,
    height: height * ROW - 130,
    resolve: { scale: { y: 'independent' } },
    layer,
  };
}

function valuesOf({ color, period, points }: Drawn, line: number) {
  let part = 0;
  return points.map(([at, value], index) => {
    const before = points[index - 1]?.[0] ?? at;
    if (at - before > 1.5 * period * 1000) part++;
    return { at, value, color, part: `${line}.${part}` };
  });
}
