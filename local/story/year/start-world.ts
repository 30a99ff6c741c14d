import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { clientConfig } from '#lib/client/outputs.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { deployLocally, synthesize } from '../../deploy-locally.ts';
import type { DrivenClock } from '../../driven-clock.ts';
import { type DrivenEmulator, startEmulator } from '../../emulator.ts';
import { installEngines } from '../../engines/install-engines.ts';
import { root, workDirectory } from '../../work-directory.ts';
import type { Storyteller } from '../steps.ts';

/** Where the year is kept; nothing of it is the `npm start` of today. */
export const FOLDER = join(workDirectory, 'year');

/** What the story is told with. */
export interface World {
  readonly client: LeeboardClient;
  readonly clock: DrivenClock;
  readonly registry: DynamoRegistry;
  readonly store: ObjectStore;
}

/** An AWS of its own, in which it is `clock`, with the stacks of the three models and nothing else. */
export async function startWorld(story: Storyteller, clock: string): Promise<DrivenEmulator> {
  const engines = await installEngines();
  await rm(FOLDER, { recursive: true, force: true });
  return story.step(
    'Start an AWS here',
    () => startEmulator({ engines, stateDir: join(FOLDER, 'state'), clock }),
    ({ endpoint }) => `${endpoint}, where it is ${clock.slice(0, 10)}`,
  );
}

/** Deploys the stacks to it. */
export async function deployYear(story: Storyteller, emulator: DrivenEmulator): Promise<World> {
  const options = {
    nodeOptions: await emulator.clock.nodeOptions(),
    project: join(root, 'local/story/year'),
    // Cooldowns and schedules are by the clock, which is driven.
    pace: 1,
    assembly: join(FOLDER, 'cdk.out'),
    memory: join(FOLDER, 'deployed'),
  };
  const sources = synthesize(options);
  sources.catch(() => {}); // awaited by deployLocally
  const { outputs } = await story.step(
    'Deploy the CDK stacks',
    () => deployLocally(emulator, sources, options),
    ({ outputs: { alarms } }) => `platform and ${Object.keys(alarms).length} models`,
  );
  const client = new LeeboardClient(outputs);
  const table = documentClient(new DynamoDBClient(clientConfig(outputs)));
  return {
    client,
    clock: emulator.clock,
    registry: new DynamoRegistry(table, outputs.registryTable),
    store: await client.store(),
  };
}
