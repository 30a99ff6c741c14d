import { expect, it } from 'vitest';
import { once } from '../../lambdas/shared/resources.ts';

it('makes at the first use, and once', () => {
  let made = 0;
  const number = once(() => ++made);
  expect([made, number(), number()]).toEqual([0, 1, 1]);
});

it('reads again what could not be read: a warm function outlives a fault', async () => {
  let reads = 0;
  const spec = once(async () => {
    reads++;
    if (reads === 1) throw new Error('SlowDown');
    return 'spec';
  });
  await expect(Promise.all([spec(), spec()])).rejects.toThrow('SlowDown');
  expect([await spec(), await spec(), reads]).toEqual(['spec', 'spec', 2]);
});
