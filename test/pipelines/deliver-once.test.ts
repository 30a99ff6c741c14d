import { describe, expect, it } from 'vitest';
import { ConflictError, DeliveryError } from '#core/errors.ts';
import { deliverOnce } from '#lib/pipelines/deliver-once.ts';
import { MemoryDeliveries } from '#test/support/memory-deliveries.ts';

const news = { target: 'topic', id: 'alarm/a' };

function delivering() {
  const deliveries = new MemoryDeliveries();
  let sent = 0;
  return {
    sent: () => sent,
    deliver: (send = async () => {}) =>
      deliverOnce(
        deliveries,
        () => 0,
        news,
        async () => {
          sent++;
          await send();
        },
      ),
  };
}

describe('a delivery', () => {
  it('is made once, however often it is asked for', async () => {
    const { deliver, sent } = delivering();
    await deliver();
    await deliver();
    expect(sent()).toBe(1);
  });

  it('is made again when it failed, and whoever asked hears of the failure', async () => {
    const { deliver, sent } = delivering();
    await expect(
      deliver(async () => {
        throw new DeliveryError('topic must answer 2xx, got 500');
      }),
    ).rejects.toThrow(DeliveryError);
    await deliver();
    expect(sent()).toBe(2);
  });

  it('is not made beside itself', async () => {
    const { deliver, sent } = delivering();
    await deliver(async () => {
      await expect(deliver()).rejects.toThrow(ConflictError);
    });
    expect(sent()).toBe(1);
  });
});
