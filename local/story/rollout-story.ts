import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import type { Decision } from '#core/serve/decision.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { clientConfig } from '#lib/client/outputs.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { SetUpError } from '../set-up-error.ts';
import { until } from './flights-story.ts';
import { type Answered, underTraffic } from './traffic.ts';

const MODEL = flightsLate.name;
const BROKEN = 'a story: probabilities far too high';
/** Its log odds are this much too high: a calibration step that nobody checked. */
const SHIFT = 3;

/** A challenger's way: what it became, and who answered meanwhile. */
export interface RolledOut {
  readonly version: number;
  readonly end: 'promote' | 'rollback';
  readonly reason: string;
  readonly answered: Answered;
  /** From the challenger's first answer to the change of the pointer. */
  readonly seconds: number;
}

/**
 * Watches the rollout of a version under traffic until it is champion or taken back.
 * @param since only an end from then on, ISO 8601
 */
export async function watchRollout(
  client: LeeboardClient,
  version: number,
  rows: readonly unknown[],
  since = '',
): Promise<RolledOut> {
  const { result, answered } = await underTraffic(client, MODEL, rows, () =>
    until(`the rollout of ${MODEL}@${version} to end`, async () => {
      const { changes } = await client.deployment(MODEL);
      const change = changes.find(
        ({ action, at, to, of }) =>
          at >= since &&
          ((action === 'promote' && to === version) || (action === 'rollback' && of === version)),
      );
      return change && { ...change, seenAt: Date.now() };
    }),
  );
  const firstAt = answered.firstAt.get(version) ?? result.seenAt;
  return {
    version,
    end: result.action as RolledOut['end'],
    reason: result.reason.replace(/^rollout \S+: /, ''),
    answered,
    seconds: Math.max(0, Date.parse(result.at) - firstAt) / 1000,
  };
}

/** The champion's bundle with a step that shifts every probability: approved as if its gates had not looked. */
export async function registerBroken(client: LeeboardClient): Promise<ModelVersion> {
  const config = clientConfig(client.outputs);
  const store = new S3ObjectStore(new S3Client(config), client.outputs.storeBucket);
  const registry = new DynamoRegistry(
    documentClient(new DynamoDBClient(config)),
    client.outputs.registryTable,
  );
  const champion = (await registry.deployment(MODEL))?.champion;
  if (!champion) throw new SetUpError(`${MODEL} has no champion to break a copy of`);
  const { version: _, format: __, files, ...facts } = await readJson<ModelManifest>(store, champion.manifest);
  const decision: Decision = {
    ...(await readJson<Decision>(store, files['decision.json'])),
    calibration: { kind: 'platt', a: -1, b: -SHIFT },
  };
  const runId = `broken-copy-of-${champion.version}`;
  const broken = await store.write(`models/${MODEL}/runs/${runId}/decision.json`, canonicalJson(decision));
  const registration = {
    facts: { ...facts, runId },
    files: { ...files, 'decision.json': broken },
    metrics: {},
  };
  const version = await registerVersion(store, registry, registration);
  if (version.status === 'approved') return version;
  const approved: ModelVersion = { ...version, status: 'approved', verdict: [BROKEN] };
  await registry.updateModelVersion(approved, version.status);
  return approved;
}

/** Rolls the broken copy out and sees it taken back. */
export async function tryBroken(client: LeeboardClient, rows: readonly unknown[]): Promise<RolledOut> {
  const { version, manifest } = await registerBroken(client);
  const { champion } = await client.deployment(MODEL);
  const since = new Date().toISOString();
  await client.start('deploy-model', MODEL, {
    version,
    approvedSha256: manifest?.sha256,
    comparedWith: champion,
    by: 'npm start',
    reason: BROKEN,
  });
  const broken = await watchRollout(client, version, rows, since);
  if (broken.end === 'rollback') return broken;
  throw new SetUpError(`${MODEL}@${version} is broken and was promoted: ${broken.reason}`);
}
