import type { CloudWatch, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { NotFoundError } from '#core/errors.ts';
import {
  type DashboardLine,
  type DashboardWidget,
  type Point,
  type Points,
  readDashboard,
} from '#core/monitor/dashboard-body.ts';

type Reading = Pick<CloudWatch, 'getDashboard' | 'getMetricData'>;

/** Dashboards as CloudWatch has them, and the figures that they show. */
export class Dashboards {
  readonly #cloudWatch: () => Promise<Reading>;

  constructor(cloudWatch: () => Promise<Reading>) {
    this.#cloudWatch = cloudWatch;
  }

  /** @throws NotFoundError when there is none of this name */
  async widgets(name: string): Promise<readonly DashboardWidget[]> {
    try {
      const { DashboardBody = '{"widgets":[]}' } = await (await this.#cloudWatch()).getDashboard({
        DashboardName: name,
      });
      return readDashboard(DashboardBody);
    } catch (error) {
      if (!(error instanceof Error) || !/^(ResourceNotFound|DashboardNotFound)/.test(error.name)) throw error;
      throw new NotFoundError(`there is no dashboard ${name}: deploy what it is of`);
    }
  }

  /**
   * The values of a graph's lines that are drawn, the oldest first.
   * @param span epoch milliseconds; to excluded
   * @returns by the lines' ids
   */
  async points(
    lines: readonly DashboardLine[],
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<Points> {
    const cloudWatch = await this.#cloudWatch();
    const found = new Map<string, Point[]>();
    let token: string | undefined;
    do {
      const page = await cloudWatch.getMetricData({
        MetricDataQueries: lines.map(queryOf),
        StartTime: new Date(from),
        EndTime: new Date(to),
        ScanBy: 'TimestampAscending',
        NextToken: token,
      });
      for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
        const points = Timestamps.map((at, index): Point => [at.getTime(), Values[index] as number]);
        found.set(Id, [...(found.get(Id) ?? []), ...points]);
      }
      token = page.NextToken;
    } while (token);
    return found;
  }
}

function queryOf({ id, visible, period, metric }: DashboardLine): MetricDataQuery {
  const query = { Id: id, ReturnData: visible };
  if ('expression' in metric) return { ...query, Expression: metric.expression, Period: period };
  const { namespace, name, dimensions, statistic } = metric;
  return {
    ...query,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: statistic,
    },
  };
}
