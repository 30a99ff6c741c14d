import { randomBytes, randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { nodeTimer as timer } from '#adapters/node-timer.ts';
import { openRedaction } from '#adapters/open-redaction.ts';
import { answerer } from '#lib/pipelines/answer-rows.ts';
import { pointerCopies } from '#lib/pipelines/pointer-copies.ts';
import { ServedTally } from '#lib/pipelines/served-tally.ts';
import { ServingHolder } from '#lib/pipelines/serving-holder.ts';
import { UsageMeter } from '#lib/pipelines/usage-meter.ts';
import type { Answerer } from '#ports/answerer.ts';
import { countMetrics } from './metrics.ts';
import { openFirehoseLog } from './prediction-log.ts';
import { openPredictor } from './predictors.ts';
import { store, variable } from './resources.ts';

/** A registry that hangs must say so while a last good version is at hand. */
const SHORT = { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true };

/** What answers for this function's model. */
export function openAnswerer(): Answerer {
  const model = variable('MODEL');
  const client = new DynamoDBClient({ maxAttempts: 2, requestHandler: SHORT });
  const registry = new DynamoRegistry(documentClient(client), variable('REGISTRY_TABLE'));
  const now = Date.now;
  const count = countMetrics;
  const holder = new ServingHolder({
    model,
    store: store(),
    registry,
    copies: pointerCopies(store(), model),
    load: openPredictor,
    openRedaction: (columns) => openRedaction(store(), model, columns),
    timer,
    count,
  });
  return answerer({
    model,
    holder,
    log: openFirehoseLog(model, variable('PREDICTION_STREAM')),
    tally: new ServedTally(model, registry, timer),
    usage: new UsageMeter({ model, registry, timer, now, instance: randomUUID(), count }),
    timer,
    now,
    random: () => randomBytes(10),
  });
}
