import { ConflictError, NotFoundError } from '#core/errors.ts';
import { endTraining, type LeaseChange, waitingRun, withdrawTraining } from '#core/registry/lease.ts';
import type { Run } from '#core/registry/records.ts';
import { changeLease, finishTraining, isResumable, type Ports } from './lease-training.ts';

/** Room for `-resume-<n>` and `-next` in an execution's name. */
const MAX_STEM = 60;

/** Executions that may have resumed one run. */
const MAX_RESUMES = 100;

/**
 * Stops a run, or takes it out of those that wait. Its lease goes first: whatever its functions still do then has no
 * effect. Cancelled again, it stays as it is.
 * @throws NotFoundError when there is no such run
 * @throws ConflictError when it is over
 */
export async function cancelRun(
  ports: Ports,
  model: string,
  runId: string,
  cancelled: { readonly by: string; readonly at: string },
): Promise<Run> {
  const { registry, executions } = ports;
  const closing = { status: 'cancelled', cancelled, finishedAt: cancelled.at } as const;
  const { found } = await changeLease<LeaseChange & { found: Run }>(ports, model, async (lease) => {
    const found = await findRun(ports, model, runId);
    const isCancelled = found.status === 'cancelled';
    if (!isCancelled) requireUnfinished(found);
    const holder = lease.holder?.runId === runId ? lease.holder : undefined;
    const next = withdrawTraining(lease, runId);
    const change = next ? { next } : endTraining(lease, holder ?? { execution: found.execution ?? runId });
    const fence = holder && { model, token: holder.token };
    const record = () => registry.recordRun({ ...found, ...closing }, fence);
    return { ...change, found, ...(!isCancelled && { first: record }) };
  });
  if (found.execution) await executions.stop(model, found.execution, `cancelled by ${cancelled.by}`);
  const last = (await registry.run(model, runId)) as Run;
  if (last.status === 'cancelled') return last;
  // A step recorded something before it lost the lease. It can no more.
  requireUnfinished(last);
  await registry.recordRun({ ...last, ...closing });
  return { ...last, ...closing };
}

/**
 * Starts an execution that goes on with a run where it failed.
 * @returns the execution's name
 * @throws NotFoundError when there is no such run
 * @throws ConflictError when it neither failed nor was cancelled, or is being resumed
 */
export async function resumeRun(
  ports: Ports,
  model: string,
  runId: string,
  request: { readonly by: string; readonly reason: string },
): Promise<string> {
  const run = await findRun(ports, model, runId);
  const lease = await ports.registry.lease(model);
  if (!isResumable(run)) {
    throw new ConflictError(
      `run ${runId} of ${model} must be failed or cancelled to be resumed, got ${run.status}`,
    );
  }
  // Its result is recorded, its execution about to give the lease back: it would be merged into that one.
  if (lease?.holder?.runId === runId) await finishTraining(ports, model, lease.holder);
  for (let count = 1; count <= MAX_RESUMES; count++) {
    const execution = `${runId.slice(0, MAX_STEM)}-resume-${count}`;
    const isNew = await ports.executions.start(model, { execution, input: { ...request, resume: runId } });
    if (isNew) return execution;
    const earlier = await ports.executions.find(model, execution);
    if (earlier?.state === 'running') throw new ConflictError(`run ${runId} of ${model} is being resumed`);
  }
  throw new ConflictError(`run ${runId} of ${model} was resumed ${MAX_RESUMES} times: start a new one`);
}

/** A run, also one that waits or is about to ask for the lease. @throws NotFoundError */
export async function findRun({ registry, executions }: Ports, model: string, runId: string): Promise<Run> {
  const [run, lease] = await Promise.all([registry.run(model, runId), registry.lease(model)]);
  const waits = lease && waitingRun(lease, runId, run?.token);
  if (waits) return { ...waits, ...run, status: 'waiting', execution: waits.execution };
  if (run) return run;
  const found = await executions.find(model, runId);
  if (found?.state !== 'running') {
    // It may have been merged and have ended since we looked.
    const recorded = await registry.run(model, runId);
    if (recorded) return recorded;
    throw new NotFoundError(`model ${model} has no run ${runId}`);
  }
  const { startedAt, by } = found;
  return { model, runId, pipeline: 'train-model', status: 'waiting', startedAt, by, execution: runId };
}

function requireUnfinished({ model, runId, status }: Run): void {
  if (status === 'waiting' || status === 'running') return;
  throw new ConflictError(`run ${runId} of ${model} is over: its status is ${status}`);
}
