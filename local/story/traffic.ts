import type { LeeboardClient } from '#lib/client/leeboard-client.ts';

const ROWS_A_REQUEST = 2;
const CALLERS = 4;

/** What callers got, by version. */
export interface Answered {
  readonly requests: number;
  readonly failed: number;
  readonly byVersion: ReadonlyMap<number, number>;
  /** Epoch milliseconds of each version's first answer. */
  readonly firstAt: ReadonlyMap<number, number>;
}

/** Callers that ask about these rows, over and over, while `work` goes on. @returns what it gave, and what they got */
export async function underTraffic<T>(
  client: LeeboardClient,
  model: string,
  rows: readonly unknown[],
  work: () => Promise<T>,
): Promise<{ result: T; answered: Answered }> {
  const counts = { requests: 0, failed: 0 };
  const byVersion = new Map<number, number>();
  const firstAt = new Map<number, number>();
  let stopped = false;
  let next = 0;
  const call = async () => {
    while (!stopped) {
      const start = next % (rows.length - ROWS_A_REQUEST);
      next += ROWS_A_REQUEST;
      counts.requests++;
      try {
        const { version } = await client.predict(model, rows.slice(start, start + ROWS_A_REQUEST));
        byVersion.set(version, (byVersion.get(version) ?? 0) + 1);
        if (!firstAt.has(version)) firstAt.set(version, Date.now());
      } catch {
        counts.failed++;
      }
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  try {
    const result = await work();
    return { result, answered: { ...counts, byVersion, firstAt } };
  } finally {
    stopped = true;
    await Promise.all(callers);
  }
}
