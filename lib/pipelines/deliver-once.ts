import type { Deliveries, Delivery } from '#ports/deliveries.ts';

/**
 * Delivers unless it was delivered. Whoever dies between the answer of the target and our record of it lets it be told
 * twice, as targets know no ids: better twice than never.
 * @param clock epoch milliseconds
 * @throws ConflictError when another is at it, and what `send` throws: try again later
 */
export async function deliverOnce(
  deliveries: Deliveries,
  clock: () => number,
  delivery: Delivery,
  send: () => Promise<void>,
): Promise<void> {
  if (!(await deliveries.claim(delivery, clock()))) return;
  try {
    await send();
  } catch (error) {
    await deliveries.release(delivery, clock());
    throw error;
  }
  await deliveries.record(delivery, clock());
}
