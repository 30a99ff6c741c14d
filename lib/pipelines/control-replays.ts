import { NotFoundError, showValue } from '#core/errors.ts';
import { type ReplayRequest, requireWindow } from '#core/replay/replay-request.ts';
import type { ReplayReport } from '#core/replay/report.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import type { KnownReplay, ReplayExecutions } from '#ports/replay-executions.ts';

export interface ReplayControls {
  readonly registry: Pick<ModelRegistry, 'modelVersion'>;
  readonly store: ObjectStore;
  readonly executions: ReplayExecutions;
}

/** A replay as it is now. */
export type Replay =
  | { readonly status: 'running' }
  | { readonly status: 'failed'; readonly error: NonNullable<KnownReplay['error']> }
  | { readonly status: 'succeeded'; readonly report: ReplayReport };

/** Where a replay's report is. */
export function replayReportKey(model: string, replayId: string): string {
  return `reports/${model}/replays/${replayId}.json`;
}

/**
 * @throws NotFoundError when there is no such version
 * @throws InvalidInputError when the window is none, or too long
 */
export async function startReplay(
  { registry, executions }: ReplayControls,
  replayId: string,
  request: ReplayRequest,
): Promise<void> {
  const { model, version } = request;
  requireWindow(request);
  const found = await registry.modelVersion(model, version);
  if (!found?.manifest) throw new NotFoundError(`model ${showValue(model)} has no version ${version}`);
  await executions.start(replayId, request);
}

/** @throws NotFoundError when the model has no such replay */
export async function findReplay(
  { store, executions }: ReplayControls,
  model: string,
  replayId: string,
): Promise<Replay> {
  // The execution first: it is forgotten after a while, the report is not.
  const known = await executions.find(replayId);
  if (known && known.request.model === model && known.state !== 'succeeded') {
    const { state, error = { name: 'Unknown' } } = known;
    return state === 'running' ? { status: 'running' } : { status: 'failed', error };
  }
  try {
    const body = await store.read(replayReportKey(model, replayId));
    return { status: 'succeeded', report: JSON.parse(new TextDecoder().decode(body)) as ReplayReport };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new NotFoundError(`model ${showValue(model)} has no replay ${showValue(replayId)}`);
  }
}
