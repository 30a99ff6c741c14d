import { z } from 'zod';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import { leaderboard, pickWinner, proposeTrials, type TrialResult } from '#core/search/index.ts';
import { candidatesOf, type SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { chosenBy, planSearch, type SearchPlan, withSetting } from '#core/training/search-space.ts';
import type { Preparation } from '#ports/preparation.ts';
import { readJson } from '../lib/pipelines/load-bundle.ts';
import { pruningBars, type TrainingChoice, type TrialPlan } from '../lib/pipelines/run-trial.ts';
import type { TrainingRecord } from '../lib/pipelines/train-version.ts';
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
  const prefix = runPrefix(run.model, run.runId);
  const json = (name: string, value: unknown) =>
    store().write(`${prefix}/${name}`, canonicalJson(value), 'application/json');
  const search = feasible.reproduced ? undefined : planSearch(model, preparation.splits.train.rows);
  const count = search ? Math.min(search.search.parallel, search.search.trials - results.length) : 0;
  const trials = search && count > 0 ? proposeTrials({ ...samplerOf(search), count, history: results }) : [];
  const plan: TrialPlan = {
    metric: search?.metric ?? chosenBy(model),
    total: search?.search.trials ?? 0,
    results,
    trials,
    bars: search?.search.prune ? pruningBars(model, search.direction, results) : {},
  };
  const choice = trials.length > 0 ? null : await json('choice.json', await choose());
  return {
    done: trials.length === 0,
    plan: await json(`plans/${String(results.length).padStart(3, '0')}.json`, plan),
    parallel: search?.search.parallel ?? 1,
    trials: trials.map(({ parameters, ...trial }) => ({ ...trial, parameters: { ...parameters } })),
    choice,
  };

  async function choose(): Promise<TrainingChoice> {
    if (feasible.reproduced) {
      const { algorithm, metric, search } = await readJson<TrainingRecord>(
        store(),
        feasible.reproduced.training,
      );
      return { algorithm, metric, ...(search && { search }) };
    }
    const metric = chosenBy(model);
    if (!search) return { algorithm: candidatesOf(model.algorithm)[0] as SingleAlgorithm, metric };
    const winner = pickWinner(results, search.direction);
    return {
      algorithm: withSetting(model, winner),
      metric,
      search: { trials: leaderboard(results, search.direction) },
    };
  }
}

const samplerOf = ({ search: { sampler, seed }, direction, space, first }: SearchPlan) => ({
  sampler,
  seed,
  direction,
  space,
  first,
});

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
