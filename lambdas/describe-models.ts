import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { DeploymentDetails } from '#core/api/deployments.ts';
import { NotFoundError, showValue } from '#core/errors.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import { deploymentState } from '#core/registry/deployment-state.ts';
import { describeInputs } from '#core/serve/describe-inputs.ts';
import { versionOf } from '#core/serve/request-rules.ts';
import type { Signature } from '#core/serve/signature.ts';
import { describeBatch } from '#lib/pipelines/control-batches.ts';
import { findRun } from '#lib/pipelines/control-runs.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { json, respond } from './shared/http.ts';
import { isInference, respondInference } from './shared/inference.ts';
import { registry, store } from './shared/resources.ts';
import { trainingPorts } from './shared/training-ports.ts';

const PAGE = { limit: 100 };

type Parameters = Readonly<Record<string, string | undefined>>;

/** The reading routes of the API: models, their versions and runs, datasets' versions. */
const routes: Record<string, (parameters: Parameters) => Promise<unknown>> = {
  'GET /v1/models': async () => ({ models: await Promise.all((await registry().models()).map(summary)) }),

  'GET /v1/models/{model}': async ({ model = '' }) => {
    const found = await summary(model);
    const signature = await championSignature(model);
    const input = signature && describeInputs(signature);
    return { ...found, input, versions: await registry().modelVersions(model, PAGE) };
  },

  'GET /v1/models/{model}/deployment': async ({ model = '' }): Promise<DeploymentDetails> => {
    const [deployment, changes] = await Promise.all([
      registry().deployment(model),
      registry().audit(model, PAGE),
    ]);
    if (!deployment)
      throw new NotFoundError(`model ${showValue(model)} has no deployment: nothing was promoted yet`);
    const { rollout } = deployment;
    const served = rollout && (await registry().served(model, { rollout: rollout.id, ...rollout }));
    return {
      ...deploymentState(deployment),
      served: served ?? null,
      changes: changes.map(({ model: _, ...change }) => change),
    };
  },

  'GET /v1/models/{model}/versions/{version}': async ({ model = '', version = '' }) => {
    const { version: number = 0 } = versionOf(version);
    const found = await registry().modelVersion(model, number);
    if (!found?.manifest) throw new NotFoundError(`model ${showValue(model)} has no version ${version}`);
    const manifest = await readJson<ModelManifest>(store(), found.manifest);
    return {
      ...found,
      bundle: manifest,
      training: await readJson(store(), manifest.files['training.json']),
      evaluation: await readJson(store(), manifest.files['evaluation.json']),
    };
  },

  'GET /v1/openapi.json': async () => {
    const { apiRoutes, openApiDocument } = await import('#core/api/index.ts');
    const found = await Promise.all((await registry().models()).map(championSignature));
    const signatures = found.filter((signature) => signature !== null);
    return openApiDocument({ routes: apiRoutes, server: '..', gateway: true, signatures });
  },

  'GET /v1/models/{model}/runs': async ({ model = '' }) => {
    const runs = await registry().runs(model, PAGE);
    if (runs.length === 0) await summary(model);
    return { runs };
  },

  'GET /v1/models/{model}/runs/{run}': async ({ model = '', run: runId = '' }) => {
    const [run, progress] = await Promise.all([
      findRun(trainingPorts(), model, runId),
      registry().progress(model, runId),
    ]);
    return { ...run, progress: progress ?? null };
  },

  'GET /v1/models/{model}/decisions': async ({ model = '' }) => {
    const decisions = await registry().decisions(model, PAGE);
    if (decisions.length === 0) await summary(model);
    return { decisions };
  },

  'GET /v1/models/{model}/batches': async ({ model = '' }) => {
    const batches = await registry().batches(model, PAGE);
    if (batches.length === 0) await summary(model);
    return { batches };
  },

  'GET /v1/models/{model}/batches/{batch}': ({ model = '', batch = '' }) =>
    describeBatch({ registry: registry(), store: store() }, model, batch, new Date().toISOString()),

  'GET /v1/datasets/{dataset}/versions': async ({ dataset = '' }) => {
    const versions = await registry().datasetVersions(dataset, PAGE);
    const rejections = await registry().rejections(dataset, PAGE);
    if (versions.length + rejections.length === 0)
      throw new NotFoundError(`dataset ${showValue(dataset)} has no versions`);
    return { dataset, versions, rejections };
  },

  'POST /v1/models/{model}/predict': notDeployed,
  'POST /v1/models/{model}/feedback': notDeployed,
};

/** The Open Inference Protocol's routes of the server itself, and of models that are not deployed. */
const inferenceServer = {
  // A model that has no champion yet says so itself, at its own route.
  ready: async () => void (await registry().models()),
  answerer: () => undefined,
};

export const handler = (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  if (isInference(event)) return respondInference(event, inferenceServer);
  return respond(async () => {
    const route = routes[event.routeKey];
    if (!route) throw new NotFoundError(`no route ${event.routeKey}`);
    return json(200, await route(event.pathParameters ?? {}));
  });
};

async function notDeployed({ model = '' }: Parameters): Promise<never> {
  throw new NotFoundError(`no model named ${showValue(model)} is deployed`);
}

async function summary(model: string) {
  const [deployment, [latest]] = await Promise.all([
    registry().deployment(model),
    registry().modelVersions(model, { limit: 1 }),
  ]);
  if (!deployment && !latest)
    throw new NotFoundError(`there is no model named ${showValue(model)}, or it was never trained`);
  return {
    model,
    champion: deployment?.champion?.version ?? null,
    rev: deployment?.rev ?? 0,
    changedAt: deployment?.changedAt ?? null,
    latest: latest?.version ?? null,
    metrics: latest?.metrics ?? null,
  };
}

/** What the champion takes; null without a champion. */
async function championSignature(model: string): Promise<Signature | null> {
  const champion = (await registry().deployment(model))?.champion;
  if (!champion) return null;
  const manifest = await readJson<ModelManifest>(store(), champion.manifest);
  return readJson(store(), manifest.files['signature.json']);
}
