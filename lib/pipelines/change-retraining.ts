import { ConflictError } from '#core/errors.ts';
import { emptyLoop, type LoopChange } from '#core/retrain/change-loop.ts';
import type { RetrainingLoop } from '#core/retrain/records.ts';
import type { RetrainingRegistry } from '#ports/registry.ts';

export interface ChangePorts {
  readonly registry: RetrainingRegistry;
  /** Waits at random, longer for a later attempt, so that those who were late come again one by one. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** So many writers can be first, one after another, before we give up. */
const MAX_ATTEMPTS = 100;

/**
 * Reads a model's loop, decides, and stores what was decided; from the beginning when another was first.
 * @returns the change, and the loop as it is now
 */
export async function changeRetraining<Change extends LoopChange>(
  { registry, pause }: ChangePorts,
  model: string,
  decide: (loop: RetrainingLoop) => Promise<Change>,
): Promise<{ readonly change: Change; readonly loop: RetrainingLoop }> {
  for (let attempt = 1; ; attempt++) {
    const before = (await registry.retraining(model)) ?? emptyLoop(model);
    const change = await decide(before);
    if (!change.next) return { change, loop: before };
    try {
      await registry.commitRetraining(change.next, change.decisions);
      return { change, loop: change.next };
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MAX_ATTEMPTS) throw error;
      await pause(attempt);
    }
  }
}
