import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { ingestRunId } from '#adapters/ingest-run-id.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';
import { type Execution, LeeboardClient } from '#lib/client/leeboard-client.ts';
import { clientConfig } from '#lib/client/outputs.ts';
import type { Commit } from '#lib/pipelines/commit-dataset-version.ts';
import { root } from '#local/work-directory.ts';

/** The deployed stacks. */
export const outputs = inject('deployment');
export const config = clientConfig(outputs);
export const client = new LeeboardClient(outputs);
export const s3 = new S3Client(config);
export const sfn = new SFNClient(config);
export const store = new S3ObjectStore(s3, outputs.storeBucket);
export const registry = new DynamoRegistry(documentClient(new DynamoDBClient(config)), outputs.registryTable);

/** A file where producers put theirs. */
export interface Drop {
  readonly key: string;
  readonly versionId: string;
}

/** What became of a drop. */
export type Outcome = (Commit & { accepted: true }) | { accepted: false; rules: string[]; reportKey: string };

/** Puts content under `incoming/<dataset>/<name>`. */
export function dropText(dataset: string, name: string, content: string | Uint8Array): Promise<Drop> {
  return dropAt(`incoming/${dataset}/${name}`, content);
}

export async function dropAt(key: string, content: string | Uint8Array): Promise<Drop> {
  const { VersionId = 'null' } = await s3.send(
    new PutObjectCommand({ Bucket: outputs.incomingBucket, Key: key, Body: Buffer.from(content) }),
  );
  return { key, versionId: VersionId };
}

/** The execution of `ingest-dataset` that a drop starts: its name is the object's version. */
export function ingestArn({ key, versionId }: Drop): string {
  const name = ingestRunId(outputs.incomingBucket, key, versionId);
  return `${outputs.stateMachines['ingest-dataset']?.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Waits for the verdict on a drop. @throws RunFailedError when its ingestion failed */
export async function ingestOutcome({ key, versionId }: Drop): Promise<Outcome> {
  const arn = ingestArn({ key, versionId });
  await waitFor(`the ingestion of ${key} to start`, () => started(arn));
  const output = await client.finish<Commit | { rules: string[]; reportKey: string }>(arn, 100);
  return 'rules' in output ? { accepted: false, ...output } : { accepted: true, ...output };
}

async function started(arn: string): Promise<Execution | undefined> {
  try {
    return await client.execution(arn);
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

/** Waits until `check` gives something. @throws when it does not within `seconds` */
export async function waitFor<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await check();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Path of a file of examples/nycflights13. */
export const example = (name: string) => join(root, 'examples/nycflights13', name);
