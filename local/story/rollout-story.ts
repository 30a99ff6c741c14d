import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { clientConfig } from '#lib/client/outputs.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { BAD, registerChallenger } from '../challengers.ts';
import { SetUpError } from '../set-up-error.ts';
import { type Answered, underTraffic } from '../traffic.ts';
import { until } from './flights-story.ts';

const MODEL = flightsLate.name;

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
  const { result, answered } = await underTraffic(
    client,
    { model: MODEL, rows, callers: 4, rowsARequest: 2 },
    () =>
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

/** Rolls a copy of the champion out whose probabilities are far too high, and sees it taken back. */
export async function tryBroken(client: LeeboardClient, rows: readonly unknown[]): Promise<RolledOut> {
  const config = clientConfig(client.outputs);
  const { storeBucket, registryTable } = client.outputs;
  const store = new S3ObjectStore(new S3Client(config), storeBucket);
  const registry = new DynamoRegistry(documentClient(new DynamoDBClient(config)), registryTable);
  const challenger = await registerChallenger({ store, registry }, MODEL, 'broken', BAD.scores);
  const since = new Date().toISOString();
  const reason = 'a story: probabilities far too high';
  await client.start('deploy-model', MODEL, { ...challenger, by: 'npm start', reason });
  const broken = await watchRollout(client, challenger.version, rows, since);
  if (broken.end === 'rollback') return broken;
  throw new SetUpError(`${MODEL}@${broken.version} is broken and was promoted: ${broken.reason}`);
}
