import { expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import type { DashboardLine } from '#core/monitor/dashboard-body.ts';
import { Dashboards } from '#lib/client/dashboards.ts';

const line: DashboardLine = {
  id: 'a',
  label: 'largest',
  period: 60,
  axis: 'left',
  visible: false,
  metric: { namespace: 'Leeboard', name: 'DriftPsi', dimensions: { Model: 'late' }, statistic: 'Maximum' },
};
const sum: DashboardLine = { ...line, id: 'b', visible: true, metric: { expression: 'RUNNING_SUM(a)' } };
const refused = async () => {
  throw new Error('not asked');
};

it('a graph’s metrics and expressions are asked for together, and every page of the answer is read', async () => {
  const asked: object[] = [];
  const at = (minute: number) => new Date(minute * 60_000);
  const dashboards = new Dashboards(
    async () =>
      ({
        getDashboard: refused,
        getMetricData: async (request: { NextToken?: string }) => {
          asked.push(request);
          const first = request.NextToken === undefined;
          return {
            $metadata: {},
            MetricDataResults: [{ Id: 'b', Timestamps: [at(first ? 1 : 2)], Values: [first ? 5 : 7] }],
            ...(first && { NextToken: 'more' }),
          };
        },
      }) as never,
  );
  const found = await dashboards.points([line, sum], { from: 0, to: 180_000 });
  expect([...found]).toEqual([
    [
      'b',
      [
        [60_000, 5],
        [120_000, 7],
      ],
    ],
  ]);
  expect(asked).toHaveLength(2);
  expect(asked[0]).toMatchObject({
    StartTime: at(0),
    EndTime: at(3),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: [
      {
        Id: 'a',
        ReturnData: false,
        MetricStat: {
          Metric: {
            Namespace: 'Leeboard',
            MetricName: 'DriftPsi',
            Dimensions: [{ Name: 'Model', Value: 'late' }],
          },
          Period: 60,
          Stat: 'Maximum',
        },
      },
      { Id: 'b', ReturnData: true, Expression: 'RUNNING_SUM(a)', Period: 60 },
    ],
  });
});

it.each(['ResourceNotFound', 'ResourceNotFoundException'])(
  'a dashboard that is not deployed is said to be none (%s), and another failure is not',
  async (name) => {
    const failing = (error: Error) =>
      new Dashboards(
        async () => ({ getDashboard: () => Promise.reject(error), getMetricData: refused }) as never,
      );
    const none = failing(Object.assign(new Error('no'), { name })).widgets('leeboard-prod-late');
    await expect(none).rejects.toThrow(NotFoundError);
    await expect(none).rejects.toThrow('leeboard-prod-late');
    const denied = Object.assign(new Error('denied'), { name: 'AccessDenied' });
    await expect(failing(denied).widgets('late')).rejects.toBe(denied);
  },
);
