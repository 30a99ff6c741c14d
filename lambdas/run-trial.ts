import { z } from 'zod';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import type { TrialResult } from '#core/search/index.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { isHigherBetter } from '#core/spec/task.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { runTrial, type TrialPlan } from '#lib/pipelines/run-trial.ts';
import { checkpointed } from './shared/checkpoint.ts';
import {
  type FinishedTrial,
  ObjectPointer,
  Prepared,
  parseInput,
  TrainingRun,
  TrialPayload,
} from './shared/payloads.ts';
import { progressOf } from './shared/progress.ts';
import { store } from './shared/resources.ts';
import { enginesFor, readSets, THREADS } from './shared/training.ts';

const Input = z.object({ run: TrainingRun, prepared: Prepared, plan: ObjectPointer, trial: TrialPayload });

/** Tries one setting. */
export const handler = async (event: unknown): Promise<z.output<typeof FinishedTrial>> => {
  const { run, prepared, plan: pointer, trial } = parseInput(Input, event);
  const name = String(trial.number).padStart(3, '0');
  const prefix = runPrefix(run.model, run.runId);
  return checkpointed(run, `RunTrial-${name}`, async () => {
    const [signature, model, plan] = await Promise.all([
      readJson<Signature>(store(), prepared.signature),
      readJson<ModelSpec>(store(), prepared.spec),
      readJson<TrialPlan>(store(), pointer),
    ]);
    const sets = await readSets(prepared.features, signature);
    const result = await runTrial(enginesFor(signature), {
      model,
      signature,
      sets,
      plan,
      trial,
      threads: THREADS,
    });
    const stored = await store().write(
      `${prefix}/trials/${name}.json`,
      canonicalJson(result),
      'application/json',
    );
    await tell(run, plan, result);
    return { number: trial.number, result: stored };
  });
};

async function tell(run: TrainingRun, plan: TrialPlan, result: TrialResult): Promise<void> {
  const { tell, flush } = progressOf(run, 'SearchTrials');
  const done = (await store().list(`${runPrefix(run.model, run.runId)}/trials/`)).length;
  const values = [...plan.results, result].flatMap(({ status, value }) =>
    status === 'completed' && value !== null ? [value] : [],
  );
  const best = isHigherBetter(plan.metric) ? Math.max(...values) : Math.min(...values);
  const metric = { name: plan.metric, value: result.value ?? best, best };
  tell({ done, total: plan.total, ...(values.length > 0 && { metric }) });
  await flush();
}
