import { canonicalJson } from '../data/canonical-json.ts';
import type {
  BroughtRequest,
  LeaseHolder,
  Run,
  TrainingLease,
  TrainingRequest,
  WaitingTraining,
} from './records.ts';

/** What is known of an execution. `missing`: not started yet, or forgotten since. */
export type ExecutionState = 'running' | 'ended' | 'missing';

/** `merged`: the run `into` trains for it; `superseded`: it was called to train, and is not wanted any more. */
export type LeaseAnswer =
  | { readonly status: 'acquired'; readonly holder: LeaseHolder }
  | { readonly status: 'merged'; readonly into: string }
  | { readonly status: 'superseded' };

/** An execution to start; made of the lease alone, so that whoever tries again starts the same one. */
export interface TrainingCall {
  readonly execution: string;
  readonly input: Omit<TrainingRequest, 'at'> & { readonly token: number };
}

/** What a transition changes: the lease to store, if any, and then the execution to start, if any. */
export interface LeaseChange {
  readonly next?: TrainingLease | undefined;
  readonly call?: TrainingCall | undefined;
}

/** Step Functions' limit for the name of an execution. */
const MAX_NAME = 80;
/** Characters of who asked, and why, in an execution's input, which has a limit, too. */
const MAX_TEXT = 1000;

/** Before the first request. */
export function emptyLease(model: string): TrainingLease {
  return { model, rev: 0, token: 0, holder: null, waiting: [] };
}

/**
 * An execution asks to train. A free lease is its own. Otherwise the request waits with all that want the same
 * settings; when the holder is dead, the first that waits is called. An execution that asks again gets the same answer.
 * @param calledWith the token in the input of an execution that was called
 * @param holder state of the holder's execution
 */
export function requestTraining(
  lease: TrainingLease,
  request: BroughtRequest,
  { calledWith, holder }: { readonly calledWith?: number | undefined; readonly holder: ExecutionState },
): LeaseChange & { readonly answer: LeaseAnswer } {
  const held = lease.holder;
  if (held?.execution === request.execution) return begin(lease, held);
  if (calledWith !== undefined) return { answer: { status: 'superseded' } };
  const isDead = held !== null && (holder === 'ended' || (holder === 'missing' && held.state === 'training'));
  if (held === null || (isDead && lease.waiting.length === 0)) return acquire(lease, request);
  if (!isDead && (isOf(held, request) || request.resume === held.runId)) {
    return { ...callAgain(held, holder), answer: { status: 'merged', into: held.runId } };
  }
  const waiting = addWaiting(lease.waiting, request);
  const { runId: into } = waiting.find((entry) => isOf(entry, request)) as WaitingTraining;
  const answer = { status: 'merged', into } as const;
  if (isDead) return { ...handOver({ ...lease, waiting }), answer };
  const next = waiting === lease.waiting ? {} : { next: change(lease, { waiting }) };
  return { ...next, ...callAgain(held, holder), answer };
}

/**
 * A training is over, however it ended: the first that waits is called, or the lease is free. One that is not the
 * holder changes nothing; the call is said again, as whoever handed over may have died before it was made.
 * @param ended its token too, when it got one
 */
export function endTraining(
  lease: TrainingLease,
  ended: { readonly execution: string; readonly token?: number | undefined },
): LeaseChange & { readonly status: 'freed' | 'handed over' | 'stale' } {
  const { holder, waiting } = lease;
  const isHolder =
    holder?.execution === ended.execution && (ended.token === undefined || ended.token === holder.token);
  if (!isHolder) return { ...(holder && callAgain(holder, 'missing')), status: 'stale' };
  if (waiting.length === 0) return { next: change(lease, { holder: null }), status: 'freed' };
  return { ...handOver(lease), status: 'handed over' };
}

/** A training that waits is not wanted any more. @returns undefined when no such run waits */
export function withdrawTraining(lease: TrainingLease, runId: string): TrainingLease | undefined {
  const waiting = lease.waiting.filter((entry) => entry.runId !== runId);
  return waiting.length === lease.waiting.length ? undefined : change(lease, { waiting });
}

/**
 * A run that waits, or holds the lease and has not recorded it yet, as a reader sees it.
 * @param recorded the token in the run's record, when it has one
 */
export function waitingRun(
  { model, holder, waiting }: TrainingLease,
  runId: string,
  recorded: number | undefined,
): Run | undefined {
  const silent = holder && holder.token !== recorded ? [holder] : [];
  const found = [...silent, ...waiting].find((entry) => entry.runId === runId);
  if (!found) return undefined;
  const { by, asOf, set, reproduce } = commonRequest(found.requests);
  return {
    model,
    runId,
    pipeline: 'train-model',
    status: 'waiting',
    startedAt: (found.requests[0] as BroughtRequest).at,
    by,
    execution: found.execution,
    requests: found.requests,
    ...(asOf !== undefined && { asOf }),
    ...(set && { set }),
    ...(reproduce !== undefined && { reproduce }),
  };
}

/** What a training of several requests is asked for. Its `asOf` is the newest: "now" when one said nothing. */
export function commonRequest(requests: readonly BroughtRequest[]): Omit<TrainingRequest, 'at'> {
  const [first] = requests as readonly [BroughtRequest];
  const asOfs = requests.flatMap(({ asOf }) => (asOf === undefined ? [] : [asOf]));
  return {
    by: together(requests.map(({ by }) => by)),
    reason: together(requests.map(({ reason }) => reason)),
    ...(asOfs.length === requests.length && { asOf: asOfs.reduce((a, b) => (a > b ? a : b)) }),
    ...(first.set && { set: first.set }),
    ...(first.reproduce !== undefined && { reproduce: first.reproduce }),
    ...(first.resume !== undefined && { resume: first.resume }),
  };
}

function begin(lease: TrainingLease, held: LeaseHolder): LeaseChange & { readonly answer: LeaseAnswer } {
  const holder = { ...held, state: 'training' } as const;
  const answer = { status: 'acquired', holder } as const;
  return held.state === 'training' ? { answer } : { next: change(lease, { holder }), answer };
}

function acquire(lease: TrainingLease, request: BroughtRequest) {
  const token = lease.token + 1;
  const { execution, resume: runId = execution } = request;
  const holder: LeaseHolder = { token, state: 'training', runId, execution, requests: [request] };
  return { next: change(lease, { token, holder }), answer: { status: 'acquired', holder } as const };
}

function handOver(lease: TrainingLease): LeaseChange {
  const [first, ...waiting] = lease.waiting as [WaitingTraining, ...WaitingTraining[]];
  const token = lease.token + 1;
  const holder: LeaseHolder = { ...first, token, state: 'called' };
  return { next: change(lease, { token, holder, waiting }), call: callOf(holder) };
}

function callAgain(holder: LeaseHolder, state: ExecutionState): LeaseChange {
  return holder.state === 'called' && state === 'missing' ? { call: callOf(holder) } : {};
}

function callOf({ execution, token, requests }: LeaseHolder): TrainingCall {
  return { execution, input: { ...commonRequest(requests), token } };
}

function change(lease: TrainingLease, changed: Partial<TrainingLease>): TrainingLease {
  return { ...lease, ...changed, rev: lease.rev + 1 };
}

/** The same array when the execution's request is among them already. */
function addWaiting(
  waiting: readonly WaitingTraining[],
  request: BroughtRequest,
): readonly WaitingTraining[] {
  if (waiting.some((entry) => isOf(entry, request))) return waiting;
  const settings = settingsOf(request);
  const index = waiting.findIndex(({ requests: [first] }) => first && settingsOf(first) === settings);
  const found = waiting[index];
  if (found) return waiting.with(index, { ...found, requests: [...found.requests, request] });
  // The asking execution ends; the name of the one that trains for it is as unique as its own.
  const execution = `${request.execution.slice(0, MAX_NAME - 5)}-next`;
  return [...waiting, { runId: request.resume ?? execution, execution, requests: [request] }];
}

const isOf = ({ requests }: WaitingTraining, { execution }: BroughtRequest) =>
  requests.some((request) => request.execution === execution);

function settingsOf({ set = {}, reproduce, resume }: TrainingRequest): string {
  return canonicalJson(resume === undefined ? { set, reproduce } : { resume });
}

/** All of them, or as much as fits: each request has its own. */
function together(texts: readonly string[]): string {
  const all = [...new Set(texts)].join('; ');
  return all.length > MAX_TEXT ? `${all.slice(0, MAX_TEXT - 3)}...` : all;
}
