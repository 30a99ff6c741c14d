import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { handler } from '../../lambdas/end-training.ts';

let lines: string[];
let registry: MemoryRegistry;
vi.mock('../../lambdas/shared/training-ports.ts', () => ({
  trainingPorts: () => ({ registry, executions: {} }),
}));

beforeEach(() => {
  process.env.ENVIRONMENT = 'dev';
  lines = [];
  registry = new MemoryRegistry();
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

/** What the model's metrics say of a training that ended so. */
async function counted(status?: string): Promise<unknown[]> {
  await handler({ run: { model: 'late', execution: 'e' }, ...(status !== undefined && { status }) });
  return lines
    .filter((line) => line.startsWith('{"_aws"'))
    .map((line) => {
      const { _aws, ...values } = JSON.parse(line);
      return values;
    });
}

it.each(['failed', 'FAILED', 'TIMED_OUT'])('a training that ended as %s failed', async (status) => {
  expect(await counted(status)).toEqual([{ Environment: 'dev', Model: 'late', TrainingFailed: 1 }]);
});

it.each([
  ...['promoted', 'rollout', 'held', 'approval'],
  ...['succeeded', 'refused', 'reproduced', 'differs'],
])('a training that ended as %s did not fail', async (status) => {
  expect(await counted(status)).toEqual([{ Environment: 'dev', Model: 'late', TrainingFailed: 0 }]);
});

it.each(['superseded', 'ABORTED', undefined])('%s is neither: nothing is counted', async (status) => {
  expect(await counted(status)).toEqual([]);
});

it('a lease that cannot be handed over does not hide the failure', async () => {
  vi.spyOn(registry, 'lease').mockRejectedValue(new Error('throttled'));
  await expect(handler({ run: { model: 'late', execution: 'e' }, status: 'failed' })).rejects.toThrow(
    'throttled',
  );
  expect(lines.join('')).toContain('"TrainingFailed":1');
});
