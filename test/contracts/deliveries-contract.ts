import { expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import type { Deliveries } from '#ports/deliveries.ts';

const DAY_MS = 86_400_000;
const news = { target: '/leeboard/slack', id: 'alarm/a/ALARM/2026-11-21T23:00:00.000Z' };

/** What every memory of deliveries promises. */
export function deliveriesContract(open: () => Promise<Deliveries>): void {
  it('what was delivered is not ours to deliver again, also days later', async () => {
    const deliveries = await open();
    expect(await deliveries.claim(news, 0)).toBe(true);
    await deliveries.record(news, 10);
    expect(await deliveries.claim(news, 20)).toBe(false);
    expect(await deliveries.claim(news, 13 * DAY_MS)).toBe(false);
  });

  it('another target and other news are deliveries of their own', async () => {
    const deliveries = await open();
    await deliveries.claim(news, 0);
    await deliveries.record(news, 10);
    expect(await deliveries.claim({ ...news, target: '/leeboard/teams' }, 20)).toBe(true);
    expect(await deliveries.claim({ ...news, id: 'alarm/a/OK/2026-11-21T23:05:00.000Z' }, 20)).toBe(true);
  });

  it('of many at once one delivers, and the others are told to come back', async () => {
    const deliveries = await open();
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => deliveries.claim(news, 0)));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const claim of claims)
      if (claim.status === 'rejected') expect(claim.reason).toBeInstanceOf(ConflictError);
  });

  it('the next delivers after 45 seconds what somebody took and never finished', async () => {
    const deliveries = await open();
    await deliveries.claim(news, 0);
    await expect(deliveries.claim(news, 44_999)).rejects.toThrow(ConflictError);
    expect(await deliveries.claim(news, 45_000)).toBe(true);
    await expect(deliveries.claim(news, 45_001)).rejects.toThrow(ConflictError);
  });

  it('the next delivers at once what failed', async () => {
    const deliveries = await open();
    await deliveries.claim(news, 0);
    await deliveries.release(news, 10);
    expect(await deliveries.claim(news, 10)).toBe(true);
  });
}
