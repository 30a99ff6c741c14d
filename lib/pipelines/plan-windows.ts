import { canonicalJson } from '#core/data/canonical-json.ts';
import type { WindowRecord } from '#core/monitor/records.ts';
import { cutWindow, gridWindows, MOST_WINDOWS, type Span } from '#core/monitor/windows.ts';
import type { DeployedVersion, Deployment } from '#core/registry/deployment-records.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { windowWork } from '#core/work.ts';
import type { ListedObject, ObjectStore } from '#ports/object-store.ts';
import type { Registry, WindowName } from '#ports/registry.ts';
import { instantOfFolder } from './list-hours.ts';
import { LATEST_ROW, windowObjects } from './read-predictions.ts';

/** Gzipped bytes of the log that one function reads and counts: about 100 MB unpacked. */
export const PART_BYTES = 8 * 2 ** 20;

/** What another report would be made of the same rows by. */
const REPORT_FORMAT = 3;

/** Which windows a run is to look at. */
export interface WindowRequest {
  readonly model: string;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly asOf: string;
  /** On schedule: windows of the grid, which are recorded. By hand: the last ones, whenever they began. */
  readonly scheduled: boolean;
  /** By hand: how long, a duration; null: as long as the grid's. */
  readonly window: string | null;
  readonly spec: ModelSpec;
  /** Seconds that a prediction takes to the log as a rule. */
  readonly deliverySeconds: number;
}

/** A window that is to be examined. */
export interface PlannedWindow {
  /** ISO 8601, UTC; included. */
  readonly from: string;
  /** Excluded. */
  readonly to: string;
  /** Whose training rows it is compared with: the champion, or one that was it and is recorded of this window. */
  readonly version: DeployedVersion;
  /** Of the objects that may have its rows. */
  readonly logSha256: string;
  /** Key of the array of its parts; null: it is small enough for one function, or its result is known. */
  readonly parts: string | null;
}

/** One part of a window, as the array at `PlannedWindow.parts` has it. */
export interface WindowPart extends Span {
  /** Key of the array of the log's objects when the window was cut: all its parts read the same ones. */
  readonly log: string;
  /** Where its summary goes. */
  readonly key: string;
}

export interface WindowPlan {
  readonly champion: DeployedVersion | null;
  /** The oldest first, the champion's newest last, at most 24; none without a champion. */
  readonly windows: readonly PlannedWindow[];
}

export interface PlanPorts {
  readonly store: ObjectStore;
  readonly registry: Registry;
  /** SHA-256 of a text, hex. */
  readonly sha256: (text: string) => string;
}

/** Says which windows a run looks at, and cuts those into parts that are too large for one function. */
export async function planWindows(
  { store, registry, sha256 }: PlanPorts,
  request: WindowRequest,
  partBytes = PART_BYTES,
): Promise<WindowPlan> {
  const { model, runId, scheduled } = request;
  const deployment = await registry.deployment(model);
  const champion = deployment?.champion;
  if (!champion) return { champion: null, windows: [] };
  const since = await championSince(registry, deployment);
  const recent = scheduled ? await registry.windows(model, { limit: RECENT }) : [];
  const windows: PlannedWindow[] = [];
  for (const [age, span] of spansOf(request).entries()) {
    if (windows.length >= MOST_WINDOWS) break;
    const objects = await windowObjects(store, model, span);
    const [from, to] = [span.from, span.to].map((instant) => new Date(instant).toISOString()) as [
      string,
      string,
    ];
    const replaced = await replacedVersions(registry, recent, { model, version: champion.version, from, to });
    for (const version of [champion, ...replaced]) {
      const isChampion = version === champion;
      const logSha256 = sha256(contentOf(objects, request, version));
      const known = scheduled
        ? await registry.window({ model, version: version.version, from, to })
        : undefined;
      const isKnown = known?.logSha256 === logSha256;
      // The champion's newest window is what the run answers with; an older one that nobody asked in, or of before it was the champion, says nothing.
      const isAnswer = isChampion && age === 0;
      if (!isAnswer && (isKnown || objects.length === 0 || (!known && to <= since))) continue;
      const work = `${windowWork(model)}${runId}/${from}${isChampion ? '' : `/${version.version}`}`;
      const parts = isKnown ? null : await cut(store, work, span, objects, partBytes);
      windows.push({ from, to, version, logSha256, parts });
    }
  }
  return { champion, windows: windows.slice(0, MOST_WINDOWS).reverse() };
}

/** Records that are looked through for those of versions that were replaced: rows come late to few windows. */
const RECENT = 200;

/** The other versions that a window is recorded of, and that are known still. */
async function replacedVersions(
  registry: Pick<Registry, 'modelVersion'>,
  recent: readonly WindowRecord[],
  { model, version: champion, from, to }: WindowName,
): Promise<DeployedVersion[]> {
  const numbers = recent
    .filter((record) => record.from === from && record.to === to && record.version !== champion)
    .map(({ version }) => version);
  const found = await Promise.all(
    numbers.map(async (version) => ({
      version,
      manifest: (await registry.modelVersion(model, version))?.manifest,
    })),
  );
  return found.flatMap(({ version, manifest }) => (manifest ? [{ version, manifest }] : []));
}

/** Changes of a deployment that are looked through for the one that made its champion. */
const LOOKED_THROUGH = 100;

/** When the champion became it, ISO 8601, UTC; after so many other changes, when the newest was. A canary's stages and a freeze make none. */
async function championSince(
  registry: Pick<Registry, 'audit'>,
  { model, changedAt }: Deployment,
): Promise<string> {
  const changes = await registry.audit(model, { limit: LOOKED_THROUGH });
  return changes.find(({ from, to }) => from !== to)?.at ?? changedAt;
}

/** The newest first. */
function spansOf({ asOf, scheduled, window, spec: { monitor }, deliverySeconds }: WindowRequest): Span[] {
  const until = Date.parse(asOf) - deliverySeconds * 1000;
  if (scheduled) return gridWindows(until, durationSeconds(monitor.every) * 1000, LATEST_ROW);
  return [{ from: until - durationSeconds(window ?? monitor.every) * 1000, to: until }];
}

/**
 * What a window's result is of, as one text: the same for the same objects of the log, settings and champion.
 * @param objects in any order
 */
export function contentOf(
  objects: readonly ListedObject[],
  { spec }: Pick<WindowRequest, 'spec'>,
  { manifest }: DeployedVersion,
): string {
  const log = objects.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return canonicalJson({ format: REPORT_FORMAT, log, spec: settingsOf(spec), manifest: manifest.sha256 });
}

/** Of a spec, what a report is made by. */
const settingsOf = ({ monitor, gates, algorithm }: ModelSpec) => ({ monitor, gates, algorithm });

/** @returns key of the array of parts; null when there is one */
async function cut(
  store: ObjectStore,
  prefix: string,
  span: Span,
  objects: readonly ListedObject[],
  partBytes: number,
): Promise<string | null> {
  const hours = new Map<number, number>();
  for (const { key, size } of objects) {
    const hour = instantOfFolder(key);
    hours.set(hour, (hours.get(hour) ?? 0) + size);
  }
  const spans = cutWindow(span, hours, partBytes);
  if (spans.length === 1) return null;
  const { key: log } = await store.write(`${prefix}/log.json`, canonicalJson(objects), 'application/json');
  const parts = spans.map(
    (part, index): WindowPart => ({ ...part, log, key: `${prefix}/${String(index).padStart(4, '0')}.json` }),
  );
  const { key } = await store.write(`${prefix}/parts.json`, canonicalJson(parts), 'application/json');
  return key;
}
