import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { handler } from '../../lambdas/end-monitoring.ts';

let lines: string[];
beforeEach(() => {
  process.env.ENVIRONMENT = 'dev';
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

/** What the model's metrics say of a run of monitoring that ended so. */
async function counted(status: string, input?: object): Promise<unknown[]> {
  await handler({
    model: 'late',
    execution: { status, input: input === undefined ? null : JSON.stringify(input), name: 'e' },
  });
  return lines.map((line) => {
    const { _aws, ...values } = JSON.parse(line);
    return values;
  });
}
const told = (MonitoringFailed: number) => [{ Environment: 'dev', Model: 'late', MonitoringFailed }];
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

it.each(['FAILED', 'TIMED_OUT'])('a run that ended as %s failed', async (status) => {
  expect(await counted(status, { scheduled: true })).toEqual(told(1));
});

it('a run that succeeded did not fail', async () => {
  expect(await counted('SUCCEEDED', { scheduled: true })).toEqual(told(0));
});

it.each(['ABORTED', 'RUNNING'])('%s is neither: nothing is counted', async (status) => {
  expect(await counted(status)).toEqual([]);
});

it.each(['FAILED', 'SUCCEEDED'])(
  'a run as of a past that CloudWatch takes no figures of says nothing when it ends as %s',
  async (status) => {
    expect(await counted(status, { asOf: ago(15) })).toEqual([]);
    expect(await counted(status, { asOf: ago(1) })).toHaveLength(1);
  },
);

it('a run whose input is unreadable or too large for the event counts as any', async () => {
  expect(await counted('FAILED', { asOf: 'yesterday' })).toEqual(told(1));
  lines = [];
  expect(await counted('FAILED')).toEqual(told(1));
});
