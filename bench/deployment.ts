import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';
import { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { clientConfig, type Outputs } from '#lib/client/outputs.ts';
import { deployLocally, synthesize } from '#local/deploy-locally.ts';
import type { Emulator } from '#local/emulator.ts';
import { root, workDirectory } from '#local/work-directory.ts';
import { startTemporaryEmulator } from '#test/contracts/temporary-emulator.ts';

const DATA = join(root, 'examples/nycflights13');

/** The product's own stacks on an emulator of their own. */
export interface Deployed {
  readonly outputs: Outputs;
  /** For clients of the AWS SDK. */
  readonly config: ReturnType<typeof clientConfig>;
  readonly client: LeeboardClient;
  readonly registry: DynamoRegistry;
  readonly store: S3ObjectStore;
  readonly emulator: Emulator;
}

/**
 * Deploys, drops the year's weather and the flights of these months, trains `flights-late` once, and takes it all away
 * after `work`.
 * @param months of 2013, two digits
 */
export function withDeployment(
  months: readonly string[],
  work: (deployed: Deployed) => Promise<void>,
): Promise<void> {
  return withStacks({}, async (deployed) => {
    const { client } = deployed;
    for (const file of ['weather-2013.parquet', ...months.map((month) => `flights-2013-${month}.parquet`)]) {
      await client.ingested(await client.drop(join(DATA, file), file.split('-')[0] as string));
    }
    await client.finish(await client.start('train-model', 'flights-late', { by: 'bench' }));
    await work(deployed);
  });
}

/**
 * Deploys, and takes it all away after `work`.
 * @param of `project`: folder with the datasets and models, instead of the project's own
 */
export async function withStacks(
  of: { readonly project?: string },
  work: (deployed: Deployed) => Promise<void>,
): Promise<void> {
  const { folder, emulator, remove } = await startTemporaryEmulator();
  try {
    const options = {
      ...of,
      assembly: join(folder, 'cdk.out'),
      outputsFile: join(folder, 'outputs.json'),
      memory: join(folder, 'deployed'),
    };
    const { outputs } = await deployLocally(emulator, synthesize(options), options);
    const config = clientConfig(outputs);
    await work({
      outputs,
      config,
      client: new LeeboardClient(outputs),
      registry: new DynamoRegistry(documentClient(new DynamoDBClient(config)), outputs.registryTable),
      store: new S3ObjectStore(new S3Client(config), outputs.storeBucket),
      emulator,
    });
  } finally {
    await remove();
  }
}

/** A line of a bench's table. Where there is no peer, `theirs` is the goal's own figure. */
export interface Measured {
  readonly work: string;
  readonly peer: string;
  readonly peerVersion: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
  readonly ratio: number;
  readonly goal: number;
  readonly holds: boolean;
}

/** Prints the lines and keeps them in `.leeboard/bench/<name>.json`; lines of other works stay. The bench fails when one does not hold. */
export async function report(name: string, lines: readonly Measured[]): Promise<void> {
  console.table(
    lines.map(({ peerVersion, ...line }) => ({ ...line, peer: `${line.peer} ${peerVersion}`.trim() })),
  );
  const file = join(workDirectory, 'bench', `${name}.json`);
  const before = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Measured[],
    () => [],
  );
  const others = before.filter(({ work }) => !lines.some((line) => line.work === work));
  mkdirSync(join(workDirectory, 'bench'), { recursive: true });
  writeFileSync(`${file}.tmp`, `${JSON.stringify([...others, ...lines], null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
  if (!lines.every(({ holds }) => holds)) process.exitCode = 1;
}

/** A figure that must be at most `limit`: the ratio is how far below it stays, and 0 of 0 holds. */
export function atMost(work: string, figure: number, limit: number, unit: string): Measured {
  const ratio = figure === 0 ? 1 : limit / figure;
  const holds = figure <= limit;
  return { work, peer: 'goal', peerVersion: '', ours: figure, theirs: limit, unit, ratio, goal: 1, holds };
}
