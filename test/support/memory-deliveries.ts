import { ConflictError } from '#core/errors.ts';
import type { Deliveries, Delivery } from '#ports/deliveries.ts';

/** What was delivered, in memory. */
export class MemoryDeliveries implements Deliveries {
  readonly #kept = new Map<string, { delivered: boolean; free: number }>();

  async claim(delivery: Delivery, now: number): Promise<boolean> {
    const kept = this.#kept.get(keyOf(delivery));
    if (kept?.delivered) return false;
    if (kept && kept.free > now) throw new ConflictError(`${delivery.id} is being delivered`);
    this.#kept.set(keyOf(delivery), { delivered: false, free: now + 45_000 });
    return true;
  }

  async record(delivery: Delivery, now: number): Promise<void> {
    this.#kept.set(keyOf(delivery), { delivered: true, free: now });
  }

  async release(delivery: Delivery, now: number): Promise<void> {
    this.#kept.set(keyOf(delivery), { delivered: false, free: now });
  }
}

const keyOf = ({ target, id }: Delivery) => JSON.stringify([target, id]);
