import { seededRandom } from '#core/random/seeded-random.ts';
import { client, dropText, ingestOutcome } from './deployment.ts';

const ROWS = 4000;
const EVERY_MINUTES = 10;
const CITIES = ['north', 'south', 'east', 'west'] as const;

/** An order as its file has it. */
export interface Order {
  readonly order: string;
  readonly at: string;
  readonly items: number;
  readonly weight: number | null;
  readonly city: string;
  readonly minutes: number;
  readonly delivery: string;
}

/** Four weeks of orders, the oldest first: more items, weight and distance take longer, and so does the rush hour. */
export function orders(): Order[] {
  const random = seededRandom('orders');
  return Array.from({ length: ROWS }, (_, row) => {
    const at = new Date(Date.UTC(2026, 0, 1, 0, row * EVERY_MINUTES));
    const items = random.integer(1, 12);
    const weight = random.uniform() < 0.1 ? null : Number((items * random.uniform()).toFixed(2));
    const city = random.integer(0, 3);
    const rush = at.getUTCHours() >= 17 && at.getUTCHours() < 20 ? 8 : 0;
    const expected = 12 + 2 * items + (weight ?? 3) + 4 * city + rush;
    const minutes = Number(Math.max(1, expected + 7 * random.normal()).toFixed(1));
    return {
      order: `o${row}`,
      at: at.toISOString(),
      items,
      weight,
      city: CITIES[city] as string,
      minutes,
      delivery: minutes > 40 ? 'late' : minutes > 28 ? 'on time' : 'early',
    };
  });
}

/** An order as a caller sends it. */
export const asRequest = ({ at, items, weight, city }: Order) => ({ at, items, weight, city });

/** Rows as a CSV file; null is an empty field. */
export function asCsv(rows: readonly object[]): string {
  const names = Object.keys(rows[0] as object);
  const lines = rows.map((row) => Object.values(row).map((value) => value ?? ''));
  return `${[names, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}

/** Makes the orders a dataset version; what is there already changes nothing. */
export async function dropOrders(): Promise<void> {
  if ((await client.dataset('orders')).versions.length > 0) return;
  await accept('orders', asCsv(orders()));
}

/** Drops a file that must be accepted. @returns the dataset version that came of it */
export async function accept(
  dataset: string,
  content: string | Uint8Array,
  name = `${dataset}.csv`,
): Promise<number> {
  const outcome = await ingestOutcome(await dropText(dataset, name, content));
  if (!outcome.accepted) throw new Error(`refused by ${outcome.rules}, see ${outcome.reportKey}`);
  return outcome.version;
}
