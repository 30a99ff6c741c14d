import { gzipSync } from 'node:zlib';
import { sha256 } from '#adapters/hash.ts';
import type { MonitoringReference } from '#core/monitor/reference.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import {
  type ExaminedWindow,
  type ExaminePorts,
  examineLoggedWindow,
} from '#lib/pipelines/examine-window.ts';
import { folderOf } from '#lib/pipelines/list-hours.ts';
import { planWindows, type WindowPart, type WindowRequest } from '#lib/pipelines/plan-windows.ts';
import { loadWatched, profilePart } from '#lib/pipelines/profile-window.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Registry } from '#ports/registry.ts';
import { at, idAt, prediction } from '#test/core/serve/truths.ts';
import { SumPredictor } from './bundle.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { MemoryStore } from './memory-store.ts';
import { tripsLate } from './trips.ts';
import { tripBaseline } from './window-reports.ts';

const MODEL = 'trips-late';
export const HOUR = 3600;
/** The champion of the model that is watched. */
export const VERSION = 3;

interface World {
  readonly store: ObjectStore;
  readonly registry: Registry;
}

interface ChampionOptions {
  /** Whether the log hides the city. @default true */
  readonly hidden?: boolean;
  readonly reference?: MonitoringReference;
  /** Since so many seconds after midnight. @default long ago */
  readonly since?: number;
}

/** Deploys a champion that was trained on the trips of `tripBaseline`. */
export async function leaveWatched(
  { store, registry }: World,
  { hidden = true, reference, since = -HOUR * 24 }: ChampionOptions = {},
): Promise<void> {
  const leave = (key: string, value: unknown) => store.write(key, JSON.stringify(value));
  const columns = { km: { type: 'number' }, hour: { type: 'number' }, city: { type: 'text' } };
  const manifest = await leave('models/manifest.json', {
    engine: 'linear',
    files: {
      'baseline.json': await leave('models/baseline.json', { columns: tripBaseline }),
      'evaluation.json': await leave('models/evaluation.json', {
        metric: 'logLoss',
        decision: { format: 1, calibration: null, threshold: 0.5 },
        test: { metrics: { auc: { value: 0.9, low: 0.88, high: 0.92 } } },
        fairness: [],
        reference,
      }),
      'model.json': await leave('models/model.json', {}),
      'signature.json': await leave('models/signature.json', {
        inputs: Object.entries(columns).map(([name, column]) => ({
          name,
          optional: true,
          column: { ...column, ...(hidden && name === 'city' && { sensitive: 'hash' }) },
        })),
        features: ['km', 'hour'].map((name) => ({ name, kind: 'number', expression: name })),
      }),
    },
  });
  const version = {
    model: MODEL,
    version: VERSION,
    status: 'registered',
    manifest,
    runId: 'trained',
  };
  for (let number = 1; number <= VERSION; number++) {
    const claimed = await registry.claimModelVersion({
      model: MODEL,
      runId: `run ${number}`,
      createdAt: at(0),
      specHash: '',
      datasets: {},
      metrics: {},
    });
    if (number === VERSION) await registry.updateModelVersion({ ...claimed, ...version } as never, 'claimed');
  }
  const changedAt = at(since);
  await registry.commitDeployment({
    expectedRev: 0,
    next: { model: MODEL, rev: 1, champion: { version: VERSION, manifest }, changedAt },
    audit: { model: MODEL, rev: 1, at: changedAt } as never,
  });
}

/** Makes the next version champion, whose training rows had the km alone. @param second after midnight */
export async function replaceChampion({ store, registry }: World, second: number): Promise<number> {
  const read = async (key: string) => JSON.parse(new TextDecoder().decode(await store.read(key)));
  const leave = (key: string, value: unknown) => store.write(key, JSON.stringify(value));
  const { files, ...manifest } = await read('models/manifest.json');
  const baseline = { columns: tripBaseline.filter(({ column }) => column === 'km') };
  const champion = {
    version: VERSION + 1,
    manifest: await leave('models/next.json', {
      ...manifest,
      files: { ...files, 'baseline.json': await leave('models/next-baseline.json', baseline) },
    }),
  };
  const deployment = (await registry.deployment(MODEL)) as Deployment;
  const rev = deployment.rev + 1;
  const change = { model: MODEL, rev, at: at(second), action: 'promote', from: VERSION, to: VERSION + 1 };
  await registry.commitDeployment({
    expectedRev: deployment.rev,
    next: { ...deployment, rev, champion, changedAt: at(second) },
    audit: change as never,
  });
  return champion.version;
}

/** A row of `tripBaseline`'s kind, answered so many seconds after midnight. */
export const tripAt = (second: number, changes: Partial<LoggedPrediction> = {}): LoggedPrediction =>
  prediction(second, {
    id: idAt(second, Math.round((second % 1) * 100)),
    model: MODEL,
    version: VERSION,
    inputs: { km: (second * 7919) % 1000, hour: (second * 31) % 24, city: 'hash of a city' },
    ...changes,
  });

/** Rows at each of so many seconds. */
export const tripsAt = (from: number, rows: number, changes: Partial<LoggedPrediction> = {}) =>
  Array.from({ length: rows }, (_, index) => tripAt(from + index, changes));

/** An object of the log, delivered in the hour of so many seconds after midnight. */
export const deliver = (
  store: ObjectStore,
  name: string,
  delivered: number,
  rows: readonly LoggedPrediction[],
) =>
  store.write(
    `predictions/${MODEL}/${folderOf(Date.parse(at(delivered)))}/${name}.jsonl.gz`,
    gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
  );

export type Seen = {
  readonly from: string;
  readonly version: number;
  readonly examined: ExaminedWindow | null;
};

/** A model that is monitored in memory, run by run. */
export class WatchedTrips {
  readonly store = new MemoryStore();
  readonly registry = new MemoryRegistry();
  readonly ports: ExaminePorts = {
    store: this.store,
    registry: this.registry,
    sha256,
    open: () => new SumPredictor(2),
    draw: async ({ revision }, history) => `page of revision ${revision}, ${history.length} windows`,
  };
  #runs = 0;

  readonly deliver = (name: string, delivered: number, rows: readonly LoggedPrediction[]) =>
    deliver(this.store, name, delivered, rows);

  /** @param asOf seconds after midnight */
  request(asOf: number, changes: Partial<WindowRequest> = {}): WindowRequest {
    const runId = `run-${++this.#runs}`;
    const run = { model: MODEL, runId, asOf: at(asOf), scheduled: true, window: null, deliverySeconds: 60 };
    return { ...run, spec: tripsLate(), ...changes };
  }

  /** Plans, counts parts and examines as the states do one after the other. @returns the oldest first */
  async run(request: WindowRequest, partBytes?: number): Promise<Seen[]> {
    const { windows } = await planWindows(this.ports, request, partBytes);
    const seen: Seen[] = [];
    for (const window of windows) {
      if (window.parts) {
        const parts: WindowPart[] = JSON.parse(new TextDecoder().decode(await this.store.read(window.parts)));
        const watched = await loadWatched(this.store, window.version);
        for (const part of parts) await profilePart(this.ports, request, watched, part);
      }
      const { from } = window;
      seen.push({
        from,
        version: window.version.version,
        examined: await examineLoggedWindow(this.ports, request, window),
      });
    }
    return seen;
  }
}
