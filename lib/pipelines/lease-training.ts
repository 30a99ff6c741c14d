import { ConflictError, LeaseLostError } from '#core/errors.ts';
import {
  commonRequest,
  emptyLease,
  endTraining,
  type LeaseAnswer,
  type LeaseChange,
  requestTraining,
  type TrainingCall,
} from '#core/registry/lease.ts';
import type { BroughtRequest, LeaseHolder, Run, TrainingLease } from '#core/registry/records.ts';
import type { TrainingExecutions } from '#ports/executions.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { pauseAtRandom } from './pause-at-random.ts';

/** An execution that asks to train. */
export interface Asking {
  readonly model: string;
  readonly request: BroughtRequest;
  /** Token in the input of an execution that was called. */
  readonly calledWith?: number | undefined;
  /** ISO 8601, UTC: what the request's `asOf` is when it says nothing. */
  readonly asOf: string;
  readonly specHash: string;
  readonly codeVersion: string;
}

/** `run`: its record, as stored. */
export type Leased =
  | { readonly status: 'acquired'; readonly run: Run & { readonly token: number } }
  | Exclude<LeaseAnswer, { readonly status: 'acquired' }>;

export interface Ports {
  readonly registry: ModelRegistry;
  readonly executions: TrainingExecutions;
}

/** So many writers can be first, one after another, before we give up. */
const MAX_ATTEMPTS = 100;

/**
 * Gives the execution the model's lease, or merges its request into the training that waits, and records which.
 * A holder whose execution is dead loses the lease; its run is recorded as failed.
 */
export async function leaseTraining(ports: Ports, asking: Asking): Promise<Leased> {
  const { registry, executions } = ports;
  const { model, request, calledWith } = asking;
  if (!(await mayResume(registry, asking))) return { status: 'superseded' };
  const { answer } = await changeLease(ports, model, async (lease) => {
    const { holder } = lease;
    const isOther = holder && holder.execution !== request.execution;
    const found = isOther ? await executions.find(model, holder.execution) : undefined;
    const change = requestTraining(lease, request, { calledWith, holder: found?.state ?? 'missing' });
    const isTaken = isOther && change.next && change.next.holder?.token !== holder.token;
    return { ...change, ...(isTaken && { first: () => recordLost(registry, model, holder) }) };
  });
  if (answer.status === 'merged') await recordMerged(registry, asking, answer.into);
  if (answer.status !== 'acquired') return answer;
  const { runId, execution, token } = answer.holder;
  const stored = await registry.run(model, runId);
  if (stored?.status === 'cancelled' && stored.execution === execution) {
    // While it was starting: whoever cancelled it had no lease to take away.
    await finishTraining(ports, model, { execution, token });
    return { status: 'superseded' };
  }
  return { status: 'acquired', run: await recordRunning(registry, asking, answer.holder, stored) };
}

/**
 * Hands the lease of an execution that is over to the first that waits and starts that, or frees it. Its run is
 * recorded as failed when nobody recorded how it ended. Safe to repeat, and to be cut off anywhere.
 * @param ended its token too, when it got one
 */
export async function finishTraining(
  ports: Ports,
  model: string,
  ended: { readonly execution: string; readonly token?: number | undefined },
): Promise<{ readonly status: 'freed' | 'handed over' | 'stale'; readonly next?: string }> {
  const { status, call } = await changeLease(ports, model, async (lease) => {
    const { holder } = lease;
    const change = endTraining(lease, ended);
    return {
      ...change,
      ...(change.next && holder && { first: () => recordLost(ports.registry, model, holder) }),
    };
  });
  return { status, ...(call && { next: call.execution }) };
}

/**
 * Reads, decides, stores what was decided, then starts who was called; from the beginning when another was first.
 * @param decide its `first` is done before the lease is stored
 */
export async function changeLease<Change extends LeaseChange>(
  ports: Ports,
  model: string,
  decide: (lease: TrainingLease) => Promise<Change & { readonly first?: () => Promise<void> }>,
): Promise<Change> {
  const { registry } = ports;
  for (let attempt = 1; ; attempt++) {
    const change = await decide((await registry.lease(model)) ?? emptyLease(model));
    try {
      await change.first?.();
      if (change.next) await registry.commitLease(change.next);
    } catch (error) {
      const isLate = error instanceof ConflictError || error instanceof LeaseLostError;
      if (!isLate || attempt === MAX_ATTEMPTS) throw error;
      await pauseAtRandom(attempt);
      continue;
    }
    if (change.call) await startCalled(ports, model, change.call);
    return change;
  }
}

/** One that was started before and is over by now passes the lease on: nobody else would. */
async function startCalled(ports: Ports, model: string, call: TrainingCall): Promise<void> {
  const { executions } = ports;
  if (await executions.start(model, call)) return;
  if ((await executions.find(model, call.execution))?.state === 'ended') {
    await finishTraining(ports, model, { execution: call.execution, token: call.input.token });
  }
}

/** @returns false when the run that it would resume is not there to be resumed, or not any more */
async function mayResume(registry: ModelRegistry, { model, request }: Asking): Promise<boolean> {
  if (request.resume === undefined) return true;
  const run = await registry.run(model, request.resume);
  return run !== undefined && (isResumable(run) || run.execution === request.execution);
}

/** Whether the run can go on from its failed step. */
export function isResumable({ pipeline, status }: Run): boolean {
  return pipeline === 'train-model' && (status === 'failed' || status === 'cancelled');
}

async function recordRunning(
  registry: ModelRegistry,
  { model, asOf, specHash, codeVersion }: Asking,
  { token, runId, execution, requests }: LeaseHolder,
  stored: Partial<Run> = {},
): Promise<Run & { readonly token: number }> {
  const { finishedAt, error, cancelled, ...before } = stored;
  const common = commonRequest(requests);
  const known = before.execution === execution ? [] : requests;
  const run = {
    asOf: common.asOf ?? asOf,
    by: common.by,
    startedAt: (requests[0] as BroughtRequest).at,
    ...(common.set && { set: common.set }),
    ...(common.reproduce !== undefined && { reproduce: common.reproduce }),
    specHash,
    ...before,
    model,
    runId,
    pipeline: 'train-model',
    status: 'running',
    execution,
    token,
    requests: [...(before.requests ?? []), ...known],
    codeVersion,
  } as const;
  await registry.recordRun(run, { model, token });
  return run;
}

async function recordMerged(registry: ModelRegistry, { model, request, asOf }: Asking, into: string) {
  const { execution, by, at, set, reproduce, resume } = request;
  if (resume !== undefined) return; // It is that run's own record.
  await registry.recordRun({
    model,
    runId: execution,
    pipeline: 'train-model',
    status: 'merged',
    startedAt: at,
    finishedAt: at,
    by,
    execution,
    asOf: request.asOf ?? asOf,
    requests: [request],
    mergedInto: into,
    ...(set && { set }),
    ...(reproduce !== undefined && { reproduce }),
  });
}

/** While the lease is still the dead one's, so that its last word, if it comes, is not lost. */
async function recordLost(registry: ModelRegistry, model: string, lost: LeaseHolder): Promise<void> {
  const run = await registry.run(model, lost.runId);
  if (run?.status !== 'running' || run.execution !== lost.execution) return;
  const message = `execution ${lost.execution} ended without a result: it was stopped, or ran out of time`;
  const error = { name: 'ExecutionLost', message };
  await registry.recordRun({ ...run, status: 'failed', error }, { model, token: lost.token });
}
