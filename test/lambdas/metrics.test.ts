import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { metricsOf } from '../../lambdas/shared/metrics.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-15T12:00:00.000Z');
const ago = (milliseconds: number) => ({
  model: 'trips-late',
  asOf: new Date(NOW - milliseconds).toISOString(),
});

beforeEach(() => {
  process.env.ENVIRONMENT = 'prod';
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('metricsOf', () => {
  it('leaves out what has no value: zero is one', () => {
    const run = ago(0);
    expect(metricsOf(run, { DriftPsi: 0, DriftOverall: null, PredictionPsi: undefined })).toEqual([
      {
        MetricName: 'DriftPsi',
        Value: 0,
        Timestamp: run.asOf,
        Dimensions: [
          { Name: 'Environment', Value: 'prod' },
          { Name: 'Model', Value: 'trips-late' },
        ],
      },
    ]);
  });

  it('of a run as of long ago is nothing: CloudWatch refuses values of more than two weeks ago', () => {
    expect(metricsOf(ago(13 * DAY), { DriftPsi: 0 })).toHaveLength(1);
    expect(metricsOf(ago(14 * DAY), { DriftPsi: 0 })).toEqual([]);
  });
});
