import type { PredictionAnswer } from '#core/serve/answer.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';

/** What callers got, so far. */
export interface Answered {
  requests: number;
  failed: number;
  readonly byVersion: Map<number, number>;
  /** Epoch milliseconds of each version's first answer. */
  readonly firstAt: Map<number, number>;
}

export interface Callers {
  readonly model: string;
  /** What they ask about, in turn, over and over. */
  readonly rows: readonly unknown[];
  readonly callers: number;
  readonly rowsARequest: number;
  /** What a caller does with an answer before it asks again; a failure counts as a failed request. @default nothing */
  readonly afterwards?: (answer: PredictionAnswer) => Promise<unknown>;
}

/** Callers that ask a model while `work` goes on. @returns what it gave, and what they got */
export async function underTraffic<T>(
  client: Pick<LeeboardClient, 'predict'>,
  { model, rows, callers, rowsARequest, afterwards = async () => {} }: Callers,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly answered: Answered }> {
  const answered: Answered = { requests: 0, failed: 0, byVersion: new Map(), firstAt: new Map() };
  let stopped = false;
  let next = 0;
  const call = async () => {
    while (!stopped) {
      const start = next % (rows.length - rowsARequest);
      next += rowsARequest;
      answered.requests++;
      try {
        const answer = await client.predict(model, rows.slice(start, start + rowsARequest));
        const { version } = answer;
        answered.byVersion.set(version, (answered.byVersion.get(version) ?? 0) + 1);
        if (!answered.firstAt.has(version)) answered.firstAt.set(version, Date.now());
        await afterwards(answer);
      } catch {
        answered.failed++;
      }
    }
  };
  const calling = Array.from({ length: callers }, call);
  try {
    return { result: await work(), answered };
  } finally {
    stopped = true;
    await Promise.all(calling);
  }
}
