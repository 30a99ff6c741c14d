import { gzipSync } from 'node:zlib';
import { emptyDeployment, promoteModel } from '#core/registry/change-deployment.ts';
import { noCounts } from '#core/registry/served-counts.ts';
import { LATENCY_BOUNDS, SCORE_BINS, type ServedCounts } from '#core/registry/serving-records.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import { predictionId } from '#core/serve/prediction-id.ts';
import type { ModelInput } from '#core/spec/model.ts';
import { beginRollout } from '#lib/pipelines/begin-rollout.ts';
import { leadRollout } from '#lib/pipelines/lead-rollout.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { tripsLate } from '#test/support/trips.ts';

export const MODEL = 'trips-late';
/** Rollouts in these tests begin at this instant. */
export const BEGAN = '2013-04-01T12:00:00.000Z';
export const later = (seconds: number) => new Date(Date.parse(BEGAN) + seconds * 1000).toISOString();

/** Shadow, 10 % and 50 %, 10 minutes each. */
export const STAGES = {
  shadow: '10 minutes',
  canary: [
    { percent: 10, for: '10 minutes' },
    { percent: 50, for: '10 minutes' },
  ],
};

/** A model whose version 1 is champion. */
export class World {
  readonly store = new MemoryStore();
  readonly registry = new MemoryRegistry();
  readonly changes: Partial<ModelInput>;
  #step: Awaited<ReturnType<typeof beginRollout>> | undefined;
  #stageIndex = 0;

  private constructor(changes: Partial<ModelInput>) {
    this.changes = changes;
  }

  static async open(changes: Partial<ModelInput> = { rollout: STAGES }): Promise<World> {
    const world = new World(changes);
    const { version, approvedSha256 } = await world.approve();
    const record = await world.registry.modelVersion(MODEL, version);
    if (!record) throw new Error('no first version');
    const promotion = {
      version: record,
      approvedSha256,
      by: 'a person',
      at: later(-3600),
      reason: 'the first',
    };
    const change = promoteModel(emptyDeployment(MODEL, later(-3600)), promotion);
    if (change) await world.registry.commitDeployment(change);
    return world;
  }

  /** The next version, approved. */
  async approve(): Promise<{ version: number; approvedSha256: string }> {
    const runId = `run-${(await this.registry.modelVersions(MODEL, { limit: 99 })).length}`;
    const left = await leaveRun(this.store, runId);
    const spec = await this.store.write(`runs/${runId}/spec.json`, JSON.stringify(tripsLate(this.changes)));
    const registration = { ...left, files: { ...left.files, 'spec.json': spec } };
    const registered = await registerVersion(this.store, this.registry, registration);
    await this.registry.updateModelVersion({ ...registered, status: 'approved' }, 'registered');
    return { version: registered.version, approvedSha256: registered.manifest?.sha256 ?? '' };
  }

  async begin(
    id: string,
    candidate: { version: number; approvedSha256: string },
    comparedWith: number | null = 1,
  ) {
    const request = { ...candidate, comparedWith, by: 'a person', reason: 'passed its gates' };
    this.#step = await beginRollout(this, { model: MODEL, id, now: BEGAN, pace: 1 }, request);
    this.#stageIndex = 0;
    return this.#step;
  }

  /** A look so many seconds after the beginning, as `deploy-model` looks. */
  async look(id: string, seconds: number, look = 1) {
    const step = await this.lookAgain(id, seconds, look);
    this.#stageIndex = step.stageIndex;
    return step;
  }

  /** A look whose answer gets lost. */
  async lookAgain(id: string, seconds: number, look = 1) {
    if (!this.#step) throw new Error('begin first');
    const { plan } = this.#step;
    const known = { stageIndex: this.#stageIndex, look, plan };
    return leadRollout(this, { model: MODEL, id, now: later(seconds), pace: 1, ...known });
  }

  deployment() {
    return this.registry.deployment(MODEL);
  }

  async audit() {
    return (await this.registry.audit(MODEL, { limit: 99 }))
      .map(({ action, by }) => `${action} by ${by}`)
      .reverse();
  }

  serve(rollout: string, stageIndex: number, counts: { champion?: ServedCounts; candidate?: ServedCounts }) {
    return this.registry.addServed(MODEL, { rollout, stageIndex }, counts);
  }

  /** Leaves an object where Firehose leaves those of 12 o'clock. @param longer characters of its first line */
  async deliver(prefix: string, lines: readonly object[], name = '1', longer = 0): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const key = `${prefix}/${MODEL}/dt=2013-04-01/hour=12/${name}.gz`;
    await this.store.write(key, gzipSync(' '.repeat(longer) + text));
  }
}

/** Requests of one row in about 4 ms each, of evenly spread scores. */
export function sound(requests: number): ServedCounts {
  const latency = LATENCY_BOUNDS.map((bound) => (bound === 4 ? requests : 0));
  const scores = Array(SCORE_BINS).fill(requests / SCORE_BINS);
  return { requests, rows: requests, errors: 0, latency: [...latency, 0], scores };
}

export function failed(requests: number): ServedCounts {
  return { ...noCounts(), requests, errors: requests };
}

/** Logged rows of a version, of a request each. */
export function logged(
  version: number,
  variant: LoggedPrediction['variant'],
  answers: readonly ({ probability: number } | { value: number })[],
  seconds = 30,
): LoggedPrediction[] {
  return answers.map((answer, index) => ({
    id: `${predictionId(Date.parse(later(seconds)), Uint8Array.of(0, 0, 0, version, index >> 8, index, 0, 0, 0, 0))}#0`,
    model: MODEL,
    version,
    variant,
    latencyMs: 1,
    at: later(seconds),
    key: {},
    inputs: {},
    ...('probability' in answer ? { ...answer, margin: 0, positive: false } : answer),
  }));
}
