import { z } from 'zod';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import type { TrialResult } from '#core/search/index.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { chooseModel, proposeBatch } from '#lib/pipelines/propose-batch.ts';
import type { TrainingChoice, TrialPlan } from '#lib/pipelines/run-trial.ts';
import type { TrainingRecord } from '#lib/pipelines/train-version.ts';
import type { Preparation } from '#ports/preparation.ts';
import { messageOf } from './shared/cause.ts';
import { checkpointed } from './shared/checkpoint.ts';
import {
  Feasible,
  FinishedTrial,
  ObjectPointer,
  Prepared,
  type Proposed,
  parseInput,
  TrainingRun,
} from './shared/payloads.ts';
import { store } from './shared/resources.ts';

const Input = z.object({
  run: TrainingRun,
  feasible: Feasible,
  prepared: Prepared,
  plan: ObjectPointer.optional(),
  finished: z.array(FinishedTrial).optional(),
});

type Input = z.output<typeof Input>;

/** Proposes the next batch of trials by what the finished ones tell; when none is left, says which model to train. */
export const handler = async (event: unknown): Promise<z.output<typeof Proposed>> => {
  const input = parseInput(Input, event);
  const { run, plan } = input;
  const earlier = plan ? await readJson<TrialPlan>(store(), plan) : { trials: [], results: [] };
  const results = [...earlier.results, ...(await readResults(earlier, input.finished ?? []))];
  return checkpointed(run, `ProposeTrials-${String(results.length).padStart(3, '0')}`, () =>
    propose(input, results),
  );
};

async function propose(
  { run, feasible, prepared }: Input,
  results: readonly TrialResult[],
): Promise<z.output<typeof Proposed>> {
  const model = await readJson<ModelSpec>(store(), prepared.spec);
  const preparation = await readJson<Preparation>(store(), prepared.preparation);
  const { rows } = preparation.splits.train;
  const json = (name: string, value: unknown) =>
    store().write(`${runPrefix(run.model, run.runId)}/${name}`, canonicalJson(value), 'application/json');
  const settled = feasible.reproduced && (await settledChoice(feasible.reproduced.training));
  const { plan, parallel } = settled
    ? { plan: { metric: settled.metric, total: 0, results: [], trials: [], bars: {} }, parallel: 1 }
    : proposeBatch(model, rows, results);
  const done = plan.trials.length === 0;
  return {
    done,
    plan: await json(`plans/${String(results.length).padStart(3, '0')}.json`, plan),
    parallel,
    trials: plan.trials.map(({ parameters, ...trial }) => ({ ...trial, parameters: { ...parameters } })),
    choice: done ? await json('choice.json', settled ?? chooseModel(model, rows, results)) : null,
  };
}

/** What the version to be reproduced was trained as. */
async function settledChoice(training: z.output<typeof ObjectPointer>): Promise<TrainingChoice> {
  const { algorithm, metric, search } = await readJson<TrainingRecord>(store(), training);
  return { algorithm, metric, ...(search && { search }) };
}

function readResults(
  { trials }: Pick<TrialPlan, 'trials'>,
  finished: readonly z.output<typeof FinishedTrial>[],
): Promise<TrialResult[]> {
  return Promise.all(
    trials.map(async (trial): Promise<TrialResult> => {
      const { result, error } = finished.find(({ number }) => number === trial.number) ?? {};
      if (result) return readJson<TrialResult>(store(), result);
      const message = error ? `${error.Error}: ${messageOf(error.Cause)}` : 'it left no result';
      return { ...trial, status: 'failed', value: null, error: message.slice(0, 500) };
    }),
  );
}
