import type { LiveModel, LiveStatus } from '../api/status.ts';
import type { Deployment } from '../registry/deployment-records.ts';
import type { BroughtRequest, Run, RunProgress, TrainingLease } from '../registry/records.ts';
import type { Batch, InstanceUsage } from '../registry/serving-records.ts';

/** Instances tell of themselves every five seconds when they work; who was silent for three times that is idle. */
export const HEARD_OF_SECONDS = 15;

/** All that is known of a model now. */
export interface ModelFacts {
  readonly model: string;
  readonly deployment: Deployment | undefined;
  /** Of the last HEARD_OF_SECONDS. */
  readonly usage: readonly InstanceUsage[];
  readonly lease: TrainingLease | undefined;
  /** The record of the lease's holder, once it has one. */
  readonly run: Run | undefined;
  readonly progress: RunProgress | undefined;
  /** Those that run. */
  readonly batches: readonly (Batch & { readonly rowsDone: number })[];
}

/** What a model does now. */
export function liveModel(facts: ModelFacts): LiveModel {
  const { model, deployment, batches } = facts;
  const { rollout } = deployment ?? {};
  return {
    model,
    champion: deployment?.champion?.version ?? null,
    ...loadOf(facts.usage),
    rollout: rollout
      ? {
          candidate: rollout.candidate.version,
          stage: rollout.stage.kind,
          percent: rollout.stage.kind === 'canary' ? rollout.stage.percent : null,
          stageStartedAt: rollout.stageStartedAt,
        }
      : null,
    frozen: deployment?.frozen !== undefined,
    runs: runsOf(facts),
    batches: batches.map(({ batchId, version, dataset, datasetVersion, startedAt, rowsDone, rows }) => ({
      batchId,
      version,
      dataset,
      datasetVersion,
      since: startedAt,
      rowsDone,
      rows,
    })),
  };
}

/** The models together, and what belongs to none. */
export function liveStatus(
  asOf: string,
  models: readonly LiveModel[],
  executions: { readonly replays: number; readonly ingestions: number },
): LiveStatus {
  const sum = (of: (model: LiveModel) => number) => models.reduce((total, model) => total + of(model), 0);
  return {
    asOf,
    totals: {
      inFlight: sum(({ inFlight }) => inFlight),
      requestsPerSecond: sum(({ requestsPerSecond }) => requestsPerSecond),
      runsActive: sum(({ runs }) => runs.active.length),
      runsWaiting: sum(({ runs }) => runs.waiting.length),
      batches: sum(({ batches }) => batches.length),
      ...executions,
    },
    models: models.toSorted((a, b) => (a.model < b.model ? -1 : 1)),
  };
}

/** The average number in flight is the time that requests took, over the time that passed (Little's law). */
function loadOf(
  usage: readonly InstanceUsage[],
): Pick<LiveModel, 'inFlight' | 'requestsPerSecond' | 'instances'> {
  const told = usage.filter(({ seconds }) => seconds > 0);
  return {
    inFlight: told.reduce((sum, { busySeconds, seconds }) => sum + busySeconds / seconds, 0),
    requestsPerSecond: told.reduce((sum, { requests, seconds }) => sum + requests / seconds, 0),
    instances: usage.length,
  };
}

function runsOf({ lease, run, progress }: ModelFacts): LiveModel['runs'] {
  const { holder = null, waiting = [] } = lease ?? {};
  // A run is recorded as ended shortly before it passes on its turn.
  const isActive = holder !== null && (run === undefined || ['running', 'waiting'].includes(run.status));
  return {
    active: isActive
      ? [
          {
            ...asker(holder),
            since: run?.startedAt ?? asker(holder).since,
            progress: progress ? { state: progress.state, done: progress.done, total: progress.total } : null,
          },
        ]
      : [],
    waiting: waiting.map(asker),
  };
}

function asker({
  runId,
  requests,
}: {
  readonly runId: string;
  readonly requests: readonly BroughtRequest[];
}) {
  const [first] = requests as readonly [BroughtRequest];
  return { runId, by: first.by, since: first.at };
}
