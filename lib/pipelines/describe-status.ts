import type { LiveModel, LiveStatus } from '#core/api/status.ts';
import { HEARD_OF_SECONDS, liveModel, liveStatus } from '#core/status/live-status.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Registry } from '#ports/registry.ts';
import type { RunningExecutions } from '#ports/running-executions.ts';
import { describeBatch } from './control-batches.ts';

export interface StatusPorts {
  readonly registry: Registry;
  /** Where batches leave what they did. */
  readonly store: ObjectStore;
  readonly executions: RunningExecutions;
}

/**
 * Batches of a model that are looked at, those that were asked for last: a bound on what a look costs. An older one
 * that still runs, or was resumed, is neither shown nor counted.
 */
const BATCHES = { limit: 100 };

/** What runs now. @param now epoch milliseconds */
export async function describeStatus(ports: StatusPorts, now: number): Promise<LiveStatus> {
  const { registry, executions } = ports;
  const [versioned, asked, ingestions, replays] = await Promise.all([
    registry.models(),
    registry.leasedModels(),
    executions.count('ingest-dataset'),
    executions.count('replay-predictions'),
  ]);
  // A model in its first training has no version yet.
  const models = [...new Set([...versioned, ...asked])];
  const described = await Promise.all(models.map((model) => describeModel(ports, model, now)));
  return liveStatus(new Date(now).toISOString(), described, { ingestions, replays });
}

async function describeModel(ports: StatusPorts, model: string, now: number): Promise<LiveModel> {
  const { registry } = ports;
  const since = new Date(now - HEARD_OF_SECONDS * 1000).toISOString();
  const [deployment, usage, lease, batches] = await Promise.all([
    registry.deployment(model),
    registry.usage(model, since),
    registry.lease(model),
    registry.batches(model, BATCHES),
  ]);
  const runId = lease?.holder?.runId;
  const [run, progress] =
    runId === undefined
      ? []
      : await Promise.all([registry.run(model, runId), registry.progress(model, runId)]);
  const running = batches.filter(({ status }) => status === 'running');
  const described = running.map(async ({ batchId }) => {
    const { progress: done, ...batch } = await describeBatch(
      ports,
      model,
      batchId,
      new Date(now).toISOString(),
    );
    return { ...batch, rowsDone: done.rowsDone };
  });
  return liveModel({ model, deployment, usage, lease, run, progress, batches: await Promise.all(described) });
}
