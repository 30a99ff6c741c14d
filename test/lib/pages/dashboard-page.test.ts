import { expect, it } from 'vitest';
import type { DashboardLine, DashboardWidget } from '#core/monitor/dashboard-body.ts';
import { type DashboardPage, dashboardPage } from '#lib/pages/dashboard-page.ts';

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 0, 1, 9);
const place = { x: 8, y: 3, width: 8, height: 6 };
const line = (id: string, changes: Partial<DashboardLine> = {}): DashboardLine => ({
  id,
  label: `line ${id}`,
  period: 60,
  axis: 'left',
  visible: true,
  metric: { namespace: 'Leeboard', name: id, dimensions: {}, statistic: 'Maximum' },
  ...changes,
});
const graph = (changes: object = {}): DashboardWidget => ({
  ...place,
  type: 'metric',
  title: 'Drift',
  lines: [line('a')],
  limits: [],
  ...changes,
});

/** The page of one widget. */
const draw = (
  widget: DashboardWidget,
  values: Record<string, readonly number[]> = {},
  changes: Partial<DashboardPage> = {},
) =>
  dashboardPage({
    name: 'leeboard-prod-late',
    widgets: [widget],
    from: FROM,
    to: FROM + 10 * MINUTE,
    points: new Map([
      [
        0,
        new Map(
          Object.entries(values).map(([id, of]) => [
            id,
            of.flatMap((value, minute) =>
              Number.isNaN(value) ? [] : [[FROM + minute * MINUTE, value] as const],
            ),
          ]),
        ),
      ],
    ]),
    alarms: new Map(),
    ...changes,
  });
const count = (page: string, what: RegExp) => page.match(what)?.length ?? 0;
/** Lines and dots as Vega names what it draws. */
const LINES = /<path aria-label="[^"]*" role="graphics-symbol" aria-roledescription="line mark"/g;

it('each widget is at its place of the grid', async () => {
  expect(await draw(graph())).toContain('style="grid-area: 4 / 9 / span 6 / span 8"');
});

it('a line is named with its newest value, and broken where a period has none', async () => {
  const page = await draw(graph(), { a: [1, 2, 3, 0.123456] });
  expect(page).toMatch(/<\/i>line a <span class="soft">0\.1235</);
  expect(count(page, LINES)).toBe(1);
  expect(count(await draw(graph(), { a: [1, 2, Number.NaN, 3, 4] }), LINES)).toBe(2);
});

it('an expression’s inputs are not drawn', async () => {
  const lines = [line('a'), line('b', { visible: false })];
  expect(await draw(graph({ lines }), { a: [1] })).not.toContain('line b');
});

it('a limit has its line and its words, with or without figures beyond it', async () => {
  const limits = [{ value: 0.2, label: 'drift from 0.2' }];
  const page = await draw(graph({ limits }), { a: [0.1, 0.1] });
  expect(page).toContain('drift from 0.2');
  expect(count(page, /stroke="#d62728"[^>]*stroke-dasharray="5,4"/g)).toBe(1);
});

it('each axis has its own scale, and only zeros have one, too', async () => {
  const lines = [line('a'), line('b', { axis: 'right' })];
  const page = await draw(graph({ lines }), { a: [0, 0], b: [20_000, 40_000] });
  expect(page).toContain('line b (right)');
  expect(page).toContain('>40k<');
  expect(page).not.toContain('NaN');
  expect(page).toContain('>0.8<');
});

it('a graph without a value says so', async () => {
  const page = await draw(graph(), { a: [] });
  expect(page).toContain('no data in this time');
  expect(page).not.toContain('<svg');
});

it('what rings comes first, then what is well, and last what nothing is known of', async () => {
  const names = ['quality', 'latency', 'drift'].map((kind) => `leeboard-prod-late-${kind}`);
  const state = (name: string, hour: string) => ({
    state: name,
    since: `2026-01-01T${hour}:00:00.000Z`,
    reason: '"why"',
  });
  const alarms = new Map([
    [names[1] as string, state('OK', '09')],
    [names[2] as string, state('ALARM', '08')],
  ]);
  const page = await draw({ ...place, type: 'alarm', title: 'Alarms', alarms: names }, {}, { alarms });
  expect([...page.matchAll(/<b>(.*?)<\/b> (.*?)<\/li>/g)].map(([, ...told]) => told)).toEqual([
    ['drift', 'ALARM since 2026-01-01 08:00'],
    ['latency', 'OK'],
    ['quality', 'INSUFFICIENT DATA'],
  ]);
  expect(page).toContain('title="&quot;why&quot;"');
});

it('a text has its heading and its code, and whatever it says is text', async () => {
  const page = await draw({ ...place, type: 'text', markdown: '# late\nPredicts `delay > 15` <script>' });
  expect(page).toContain('<h1>late</h1><p>Predicts <code>delay &gt; 15</code> &lt;script&gt;</p>');
});

it('asks for nothing from anywhere', async () => {
  const loads = /<script|<link|<img|<iframe|<image|\bsrc=|\bhref=|url\((?!#)|@import/i;
  expect(await draw(graph(), { a: [1, 2] })).not.toMatch(loads);
});
