import { describe, expect, it } from 'vitest';
import { lambdaCost } from '#core/registry/lambda-cost.ts';

const step = (seconds: number, memoryMb: number) => ({
  memoryMb,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: new Date(Date.parse('2026-01-01T00:00:00.000Z') + seconds * 1000).toISOString(),
});

describe('lambdaCost', () => {
  // The example of aws.amazon.com/lambda/pricing (x86): 3 million requests of 120 ms at 1536 MB cost
  // 540,000 GB-s * 0.0000166667 + 3 * 0.20 = 9.00 + 0.60 dollars, without the free tier.
  it('is what the price list says', () => {
    expect(3e6 * lambdaCost([step(0.12, 1536)])).toBeCloseTo(9.6, 3);
  });

  it('adds up steps by their memory and time', () => {
    expect(lambdaCost([step(60, 8192), step(30, 512)])).toBeCloseTo(
      (480 + 15) * 0.0000166667 + 2 * 0.0000002,
      12,
    );
    expect(lambdaCost([])).toBe(0);
  });

  it('is of no longer than a function may run, and never negative, though a clock jumped', () => {
    expect(lambdaCost([step(14 * 86_400, 512)])).toBe(lambdaCost([step(900, 512)]));
    expect(lambdaCost([step(-3600, 512)])).toBe(lambdaCost([step(0, 512)]));
  });
});
