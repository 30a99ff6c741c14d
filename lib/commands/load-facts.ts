import type { RunFacts } from '#core/compare/run-facts.ts';
import type { Run } from '#core/registry/records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { RunDetails } from '#lib/client/answers.ts';
import { ApiError } from '#lib/client/errors.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import type { Reference } from './reference.ts';

export type FactsClient = Pick<LeeboardClient, 'outputs' | 'run' | 'version' | 'stored'>;

/** What the deployment knows of a version, or of a run and the version it made. */
export async function loadFacts(client: FactsClient, reference: Reference): Promise<RunFacts> {
  const { model } = reference;
  if (reference.kind === 'version') return versionFacts(client, model, reference.version);
  const run = await client.run(model, reference.runId);
  const made = run.reproduce === undefined ? run.version : undefined;
  return made === undefined ? runFacts(run) : versionFacts(client, model, made, run);
}

/** What a run that made no version left of itself. */
export function runFacts(run: Run): RunFacts {
  const { model, runId, status, startedAt, finishedAt } = run;
  return {
    name: runId,
    model,
    version: null,
    runId,
    status,
    startedAt,
    spec: null,
    specHash: run.specHash ?? null,
    codeVersion: run.codeVersion ?? null,
    libraries: {},
    datasets: run.datasets ?? {},
    seed: null,
    asOf: run.asOf ?? null,
    algorithm: run.algorithm ?? null,
    parameters: run.parameters ?? {},
    rounds: run.rounds ?? null,
    metrics: Object.fromEntries(
      Object.entries(run.metrics ?? {}).map(([name, value]) => [name, { value, low: null, high: null }]),
    ),
    testRows: null,
    evaluation: null,
    history: [],
    trials: [],
    took: finishedAt === undefined ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000,
    costUsd: run.costUsd ?? null,
  };
}

async function versionFacts(
  client: FactsClient,
  model: string,
  version: number,
  known?: RunDetails,
): Promise<RunFacts> {
  const { bundle, training, evaluation, status, createdAt, runId } = await client.version(model, version);
  const [spec, run] = await Promise.all([
    client.stored<ModelSpec>(bundle.files['spec.json']),
    known ?? recordOf(client, model, runId),
  ]);
  const { seed, ...own } = training.algorithm;
  return {
    ...runFacts(
      run ?? { model, runId, pipeline: 'train-model', status: 'succeeded', startedAt: createdAt, by: '' },
    ),
    name: `${model}@${version}`,
    version,
    status,
    spec,
    specHash: bundle.specHash,
    codeVersion: bundle.codeVersion,
    libraries: bundle.libraries,
    datasets: Object.fromEntries(bundle.datasets.map((data) => [data.dataset, data.version])),
    seed,
    algorithm: training.algorithm.kind,
    parameters: Object.fromEntries(Object.entries(own).filter(([name]) => name !== 'kind')),
    rounds: training.rounds,
    metrics: evaluation.test.metrics,
    testRows: evaluation.test.rows,
    evaluation,
    history: training.history,
    trials: training.search?.trials ?? [],
  };
}

/** undefined when the record of a version's run is gone: the bundle tells all that matters. */
function recordOf(client: FactsClient, model: string, runId: string): Promise<RunDetails | undefined> {
  return client.run(model, runId).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}
