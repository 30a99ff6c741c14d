import { expect, it } from 'vitest';
import { readDashboard } from '#core/monitor/dashboard-body.ts';

const place = { x: 8, y: 3, width: 8, height: 6 };
const read = (widget: object) => readDashboard(JSON.stringify({ widgets: [{ ...place, ...widget }] }))[0];
const graph = (metrics: unknown[], changes: object = {}) =>
  read({ type: 'metric', properties: { title: 'Drift', period: 3600, metrics, ...changes } });

it('a metric is told by namespace, name and dimensions, with its own period and axis before the graph’s', () => {
  const line = ['Leeboard', 'DriftPsi', 'Environment', 'prod', 'Model', 'late'];
  expect(graph([[...line, { label: 'largest', stat: 'Maximum', period: 60, yAxis: 'right' }], line])).toEqual(
    {
      ...place,
      type: 'metric',
      title: 'Drift',
      limits: [],
      lines: [
        {
          id: 'line0',
          label: 'largest',
          period: 60,
          axis: 'right',
          visible: true,
          metric: {
            namespace: 'Leeboard',
            name: 'DriftPsi',
            dimensions: { Environment: 'prod', Model: 'late' },
            statistic: 'Maximum',
          },
        },
        {
          id: 'line1',
          label: 'DriftPsi',
          period: 3600,
          axis: 'left',
          visible: true,
          metric: expect.objectContaining({ statistic: 'Average' }),
        },
      ],
    },
  );
});

it('an expression keeps its text, and what it is made of the names that it uses', () => {
  const shown = graph([
    [{ expression: 'RUNNING_SUM(started)', label: 'train', color: '#fff' }],
    ['AWS/States', 'ExecutionsStarted', { id: 'started', visible: false }],
  ]);
  expect(shown).toMatchObject({
    lines: [
      { label: 'train', color: '#fff', metric: { expression: 'RUNNING_SUM(started)' } },
      { id: 'started', visible: false, metric: { name: 'ExecutionsStarted', dimensions: {} } },
    ],
  });
});

it('limits are the horizontal annotations', () => {
  const annotations = {
    horizontal: [{ value: 0.2, label: 'drift from 0.2', color: '#d62728', yAxis: 'left' }],
  };
  expect(graph([['N', 'm']], { annotations })).toMatchObject({
    limits: [{ value: 0.2, label: 'drift from 0.2' }],
  });
});

it('texts and alarms are read, alarms by their names', () => {
  expect(read({ type: 'text', properties: { markdown: '# late' } })).toEqual({
    ...place,
    type: 'text',
    markdown: '# late',
  });
  const alarms = ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:leeboard-prod-late-drift'];
  expect(read({ type: 'alarm', properties: { title: 'Alarms', alarms } })).toEqual({
    ...place,
    type: 'alarm',
    title: 'Alarms',
    alarms: ['leeboard-prod-late-drift'],
  });
});

it('a widget of a kind that ours do not have is refused', () => {
  expect(() => read({ type: 'log', properties: { query: '' } })).toThrow('type');
});
