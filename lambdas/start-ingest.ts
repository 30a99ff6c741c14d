import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ingestRunId } from '#adapters/ingest-run-id.ts';
import { ObjectCreated, parseInput } from './shared/payloads.ts';
import { once, variable } from './shared/resources.ts';

const client = once(() => new SFNClient({}));

/** Starts `ingest-dataset` for a drop; the run's name is the object's version, so an event twice is one run. */
export const handler = async (event: unknown): Promise<{ runId: string } | { ignored: string }> => {
  const { time, detail } = parseInput(ObjectCreated, event);
  const { key, size, 'version-id': versionId } = detail.object;
  const [, dataset, file] = /^incoming\/([^/]+)\/(.+)$/s.exec(key) ?? [];
  if (!dataset || !file || key.endsWith('/')) return { ignored: 'not a file below incoming/<dataset>/' };
  const runId = ingestRunId(detail.bucket.name, key, versionId);
  const input = JSON.stringify({ dataset, key, versionId, size, asOf: time });
  try {
    await client().send(
      new StartExecutionCommand({ stateMachineArn: variable('STATE_MACHINE'), name: runId, input }),
    );
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
  }
  return { runId };
};
