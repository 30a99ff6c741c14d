import { type Judged, recordJudgement as record } from '#core/retrain/record-judgement.ts';
import type { JudgedAction } from '#core/retrain/records.ts';
import { type ChangePorts, changeRetraining } from './change-retraining.ts';

/**
 * Records what a judgement found, and says what to do by it. Done again, it says the same; of a decision that is over,
 * or judged by another execution by now, it says `decline`.
 */
export async function recordJudgement(
  ports: ChangePorts,
  { model, ...judged }: Judged & { readonly model: string },
): Promise<JudgedAction> {
  const { change } = await changeRetraining(ports, model, async (loop) => {
    const stored =
      loop.open?.number === judged.decision
        ? undefined
        : await ports.registry.decision(model, judged.decision);
    return record(loop, stored, judged);
  });
  return change.answer;
}
