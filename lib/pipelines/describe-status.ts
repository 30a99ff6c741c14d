import type { LiveModel, LiveStatus } from '#core/api/status.ts';
import { HEARD_OF_SECONDS, liveModel, liveStatus } from '#core/status/live-status.ts';
import type { Registry } from '#ports/registry.ts';
import type { RunningExecutions } from '#ports/running-executions.ts';

export interface StatusPorts {
  readonly registry: Registry;
  readonly executions: RunningExecutions;
}

/** Batches of a model that are looked at, the newest first: older ones have long ended. */
const BATCHES = { limit: 25 };

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

async function describeModel({ registry }: StatusPorts, model: string, now: number): Promise<LiveModel> {
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
  return liveModel({
    model,
    deployment,
    usage,
    lease,
    run,
    progress,
    batches: running.map((batch) => ({ ...batch, rowsDone: 0 })),
  });
}
