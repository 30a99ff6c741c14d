import { describe, expect, it } from 'vitest';
import { readDashboard } from '#core/monitor/dashboard-body.ts';
import { defineModel } from '#core/spec/model.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { flightsLate, prod, type Resource, synthesize } from './synthesize.ts';

const [dashboard] = prod.all('AWS::CloudWatch::Dashboard', 'Leeboard-prod-flights-late');
const body = JSON.stringify(dashboard?.Properties.DashboardBody)
  .replaceAll('\\\\\\"', '"')
  .replaceAll('\\"', '"');

describe('the dashboard of a model', () => {
  it.each(['ConcurrentExecutions', 'Throttles', 'Duration', 'Errors', 'DriftPsi'])('shows %s', (metric) => {
    expect(body).toContain(`"${metric}"`);
  });

  it('shows the executions that run of each of its pipelines: those started less those ended', () => {
    const machines = prod.all('AWS::StepFunctions::StateMachine', 'Leeboard-prod-flights-late');
    const names = machines.map(({ Properties }) =>
      (Properties.StateMachineName as string).replace('leeboard-prod-flights-late-', ''),
    );
    // Monitoring is a moment every hour, and what it found is on the same page.
    for (const name of names.filter((name) => name !== 'monitor-model')) {
      const id = name.replaceAll('-', '_');
      const ended = ['succeeded', 'failed', 'aborted', 'timed_out'].map((what) => `FILL(${id}_${what}, 0)`);
      expect(body).toContain(`RUNNING_SUM(FILL(${id}_started, 0) - ${ended.join(' - ')})`);
    }
    for (const metric of ['Started', 'Succeeded', 'Failed', 'Aborted', 'TimedOut'])
      expect(body).toContain(`"Executions${metric}"`);
  });
});

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  // biome-ignore lint/suspicious/noExplicitAny: a property bag for each type of widget
  readonly properties: any;
}

function widgetsOf(stack: string, all = prod): Widget[] {
  return JSON.parse(bodyOf(stack, all)).widgets;
}

/** A dashboard's body as CloudWatch gets it, references in place of values. */
function bodyOf(stack: string, all = prod): string {
  const [found] = all.all('AWS::CloudWatch::Dashboard', stack);
  const [separator, parts] = (found as Resource).Properties.DashboardBody['Fn::Join'] as [string, unknown[]];
  const text = parts.map((part) => (typeof part === 'string' ? part : Object.values(part as object).join()));
  return text.join(separator);
}

describe.each([
  ['a model', 'Leeboard-prod-flights-late'],
  ['the platform', 'Leeboard-prod'],
])('the dashboard of %s', (_name, stack) => {
  const widgets = widgetsOf(stack);
  const graphs = widgets.filter(({ type }) => type === 'metric');

  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
  it('fits into the console: 24 columns, no widget over another', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
    }
  });

  it('can be drawn by the command: it knows every widget, and each line of a graph by a name of its own', () => {
    const read = readDashboard(bodyOf(stack));
    expect(read.map(({ type, x, y }) => [type, x, y])).toEqual(widgets.map(({ type, x, y }) => [type, x, y]));
    for (const widget of read)
      if (widget.type === 'metric') {
        const ids = widget.lines.map(({ id }) => id);
        expect(new Set(ids).size, widget.title).toBe(ids.length);
        for (const id of ids) expect(id).toMatch(/^[a-z]\w*$/);
      }
  });

  it('begins with what it is and what rings', () => {
    expect(widgets.slice(0, 2).map(({ type }) => type)).toEqual(['text', 'alarm']);
    expect(widgets[1]?.properties.alarms.length).toBeGreaterThan(0);
  });

  it('every graph has a title, a period, names a person reads, and few enough metrics', () => {
    expect(graphs.length).toBeGreaterThan(5);
    for (const { properties, width } of graphs) {
      expect(properties.title).toMatch(/^[A-Z]/);
      // On a laptop a column is 50 pixels wide: a longer title takes a second line, or is cut.
      expect(properties.title.length, properties.title).toBeLessThanOrEqual(6 * width);
      expect(properties.period).toBeGreaterThanOrEqual(60);
      const lines = properties.metrics.map((line: unknown[]) => line.at(-1));
      expect(lines.length).toBeLessThanOrEqual(500);
      const shown = lines.filter((line: { visible?: boolean }) => line.visible !== false);
      expect(shown.length, properties.title).toBeGreaterThan(0);
      for (const { label } of shown) expect(label, properties.title).toMatch(/\S/);
    }
  });
});

describe('lines where alarms ring', () => {
  const limits = (title: string, stack: string, all = prod) =>
    widgetsOf(stack, all)
      .find(({ properties }) => properties.title?.startsWith(title))
      ?.properties.annotations?.horizontal.map(({ value }: { value: number }) => value);

  it("are on a model's graphs", () => {
    const model = 'Leeboard-prod-flights-late';
    expect(limits('Drift of the inputs', model)).toEqual([flightsLate.monitor.psi]);
    expect(limits('Truth', model)).toEqual([flightsLate.monitor.truth]);
    expect(limits('Latency', model)).toEqual([flightsLate.monitor.latencyMs]);
  });

  it('are on the graphs of all models where all ring at the same', () => {
    expect(limits('Drift of the inputs', 'Leeboard-prod')).toEqual([flightsLate.monitor.psi]);
    expect(limits('Latency', 'Leeboard-prod')).toEqual([flightsLate.monitor.latencyMs]);
    const other = defineModel({ ...flightsLate, name: 'other', monitor: { psi: 0.5 } });
    const stacks = synthesize(environmentOf('prod'), [flightsLate, other]);
    expect(limits('Drift of the inputs', 'Leeboard-prod', stacks)).toBeUndefined();
  });
});

describe('the dashboard of the platform', () => {
  it('shows each pipeline of each model', () => {
    const failed = widgetsOf('Leeboard-prod').find(
      ({ properties }) => properties.title === 'Runs that failed, by pipeline',
    );
    const shown = failed?.properties.metrics.map((line: { label: string }[]) => line.at(-1)?.label);
    const names = prod
      .all('AWS::StepFunctions::StateMachine')
      .map(({ Properties }) => Properties.StateMachineName as string);
    expect(shown.sort()).toEqual(names.map((name) => name.replace('leeboard-prod-', '')).sort());
  });

  const text = JSON.stringify(widgetsOf('Leeboard-prod'));

  it.each([
    'attention',
    'Invocations',
    'DriftPsi',
    'ExecutionsFailed',
    'RUNNING_SUM',
    'ApproximateNumberOfMessages',
  ])('shows %s', (what) => expect(text).toContain(what));

  it('stands without any model', () => {
    const widgets = widgetsOf('Leeboard-prod', synthesize(environmentOf('prod'), []));
    for (const { type, properties } of widgets)
      if (type === 'metric') expect(properties.metrics?.length, properties.title).toBeGreaterThan(0);
  });
});
