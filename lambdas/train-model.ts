import { z } from 'zod';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { MODEL_FILE, runPrefix } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import type { TrainingChoice } from '#lib/pipelines/run-trial.ts';
import { trainVersion } from '#lib/pipelines/train-version.ts';
import { isBetter, type TrainingRound } from '#ports/trainer.ts';
import { checkpointed } from './shared/checkpoint.ts';
import { ObjectPointer, Prepared, parseInput, type Trained, TrainingRun } from './shared/payloads.ts';
import { progressOf } from './shared/progress.ts';
import { store } from './shared/resources.ts';
import { enginesFor, readSets, THREADS } from './shared/training.ts';

const Input = z.object({ run: TrainingRun, prepared: Prepared, choice: ObjectPointer });

/** Trains a version on the prepared rows. */
export const handler = async (event: unknown): Promise<z.output<typeof Trained>> => {
  const { run, prepared, choice } = parseInput(Input, event);
  return checkpointed(run, 'TrainModel', async () => {
    const [signature, model, chosen] = await Promise.all([
      readJson<Signature>(store(), prepared.signature),
      readJson<ModelSpec>(store(), prepared.spec),
      readJson<TrainingChoice>(store(), choice),
    ]);
    const sets = await readSets(prepared.features, signature);
    const { search, ...chosenModel } = chosen;
    const progress = progressOf(run, 'TrainModel');
    const total = chosen.algorithm.kind === 'xgboost' ? chosen.algorithm.rounds : 1;
    const {
      model: bytes,
      record,
      decision,
    } = await trainVersion(
      enginesFor(signature),
      { model, ...chosenModel, signature, sets, threads: THREADS },
      roundTeller((round, best) => progress.tell({ done: round.round + 1, total, ...best })),
    );
    await progress.flush();
    const prefix = runPrefix(run.model, run.runId);
    const json = (name: string, value: unknown) =>
      store().write(`${prefix}/${name}`, canonicalJson(value), 'application/json');
    return {
      engine: record.engine,
      model: await store().write(`${prefix}/${MODEL_FILE[record.engine]}`, bytes),
      training: await json('training.json', { ...record, ...(search && { search }) }),
      decision: await json('decision.json', decision),
    };
  });
};

/** Adds the best validation metric so far to each round. */
function roundTeller(
  tell: (round: TrainingRound, best: { metric?: { name: string; value: number; best: number } }) => void,
) {
  let best = Number.NaN;
  return (round: TrainingRound) => {
    const { metric: name, validation: value } = round;
    if (value === undefined) return tell(round, {});
    if (Number.isNaN(best) || isBetter(name, value, best)) best = value;
    return tell(round, { metric: { name, value, best } });
  };
}
