import type { RunProgress } from '#core/registry/records.ts';
import type { TrainingRun } from './payloads.ts';
import { registry } from './resources.ts';

const EVERY_MS = 500;

/**
 * Tells how far a step is, at most twice a second and never in the way of the work: what cannot be told is lost.
 * `flush` waits for what was told last.
 */
export function progressOf({ model, runId }: TrainingRun, state: string) {
  let toldAt = Number.NEGATIVE_INFINITY;
  let telling: Promise<void> = Promise.resolve();
  const tell = (progress: Omit<RunProgress, 'state' | 'at'>) => {
    const now = Date.now();
    if (now - toldAt < EVERY_MS) return;
    toldAt = now;
    const at = new Date(now).toISOString();
    telling = telling
      .then(() => registry().recordProgress(model, runId, { state, at, ...progress }))
      .catch((error) =>
        console.warn(
          JSON.stringify({ level: 'WARN', message: 'progress was not told', cause: String(error) }),
        ),
      );
  };
  return { tell, flush: () => telling };
}
