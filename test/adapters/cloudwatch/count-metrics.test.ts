import { expect, it, onTestFinished, vi } from 'vitest';
import { countMetrics, metricLine } from '#adapters/cloudwatch/count-metrics.ts';

const FLIGHTS = { Environment: 'dev', Model: 'flights-late' };

it('writes counts as one line that CloudWatch reads as metrics of the environment’s model', () => {
  expect(JSON.parse(metricLine(FLIGHTS, { PointerStale: 1, Retried: 3 }, 1_700_000_000_000))).toEqual({
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Leeboard',
          Dimensions: [['Environment', 'Model']],
          Metrics: [
            { Name: 'PointerStale', Unit: 'Count' },
            { Name: 'Retried', Unit: 'Count' },
          ],
        },
      ],
    },
    Environment: 'dev',
    Model: 'flights-late',
    PointerStale: 1,
    Retried: 3,
  });
});

it('writes past console, one line a call', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  countMetrics(FLIGHTS, { PointerStale: 2 });
  expect(write.mock.calls).toEqual([[expect.stringMatching(/^\{"_aws":.*"PointerStale":2\}\n$/)]]);
});
