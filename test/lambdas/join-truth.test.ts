import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderOf } from '#lib/pipelines/list-hours.ts';
import { MOST_LOG } from '#lib/pipelines/read-predictions.ts';
import { at, idAt, prediction, truth } from '#test/core/serve/truths.ts';
import { tripsLate } from '#test/support/trips.ts';
import { handler } from '../../lambdas/join-truth.ts';
import { leaveSpec, memory, openMemory, readBack } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const HOUR = 3600;
const run = { model: 'trips-late', runId: 'r', asOf: at(2 * HOUR) };

beforeEach(async () => {
  openMemory();
  await leaveSpec(tripsLate());
  process.env.DELIVERY_SECONDS = '60';
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(run.asOf) });
});
afterAll(() => {
  vi.useRealTimers();
});

const leave = (kind: 'predictions' | 'truth', lines: readonly { readonly at: string }[], longer = 0) =>
  Promise.all(
    lines.map((line, index) => {
      const folder = `${kind}/trips-late/${folderOf(Date.parse(line.at))}`;
      const body = gzipSync(`${JSON.stringify(line)}${' '.repeat(longer)}\n`);
      return memory.store.write(`${folder}/${index}.jsonl.gz`, body);
    }),
  );

const valuesOf = (metrics: readonly object[]) =>
  Object.fromEntries(
    (metrics as { MetricName: string; Value: number }[]).map((one) => [one.MetricName, one.Value]),
  );

describe('join-truth', () => {
  it('reports and measures what is known of the predictions that the log has by now', async () => {
    await leave('predictions', [prediction(10), prediction(20), prediction(2 * HOUR - 59)]);
    await leave('truth', [
      truth(40, { id: idAt(10) }),
      truth(41, { id: idAt(10) }, false),
      truth(42, { id: idAt(99) }),
      truth(2 * HOUR - 1, { id: idAt(2 * HOUR - 59) }),
    ]);
    const { metrics, reportKey, ...counts } = await handler(run);
    expect(counts).toEqual({ rows: 2, joined: 1 });
    expect(valuesOf(metrics)).toEqual({
      TruthJoinRate: 0.5,
      TruthDelaySeconds: 31,
      TruthConflicts: 1,
      TruthUnknown: 1,
    });
    expect(metrics[0]).toMatchObject({
      Timestamp: run.asOf,
      Dimensions: [
        { Name: 'Environment', Value: 'dev' },
        { Name: 'Model', Value: 'trips-late' },
      ],
    });
    expect(reportKey).toBe(`reports/trips-late/truth/${run.asOf}.json`);
    expect(await readBack({ key: reportKey })).toMatchObject({
      format: 1,
      asOf: run.asOf,
      to: at(2 * HOUR - 60),
      conflicting: [idAt(10)],
      versions: [{ version: 1, rows: 1 }],
    });
  });

  it('does not know what comes later', async () => {
    await leave('predictions', [prediction(10)]);
    await leave('truth', [truth(40, { id: idAt(10) })]);
    expect(await handler({ ...run, asOf: at(40) })).toMatchObject({ rows: 0, joined: 0 });
    expect(await handler({ ...run, asOf: at(70) })).toMatchObject({ rows: 0 });
    expect(await handler({ ...run, asOf: at(71) })).toMatchObject({ rows: 1, joined: 1 });
  });

  it('measures something even where nothing was asked: a metric that is there can be watched', async () => {
    const { metrics } = await handler(run);
    expect(valuesOf(metrics)).toEqual({ TruthConflicts: 0, TruthUnknown: 0 });
  });

  it('says nothing to CloudWatch of so long ago that it would refuse the rest', async () => {
    await leave('predictions', [prediction(10)]);
    vi.setSystemTime(Date.parse(at(15 * 24 * HOUR)));
    expect(await handler(run)).toMatchObject({ rows: 1, metrics: [] });
  });

  it('looks back as far as it can hold, and says how far', async () => {
    await leave('predictions', [prediction(10)], MOST_LOG);
    await leave('predictions', [prediction(HOUR + 10)]);
    const { rows, reportKey } = await handler(run);
    expect(rows).toBe(1);
    expect(await readBack({ key: reportKey })).toMatchObject({ from: at(10.001) });
  });
});
