import { canonicalJson } from '#core/data/canonical-json.ts';
import { type ColumnProfile, comparable } from '#core/drift/index.ts';
import { countRows, mergeCounts } from '#core/monitor/count-rows.ts';
import type { WindowSummary } from '#core/monitor/summary.ts';
import type { Span } from '#core/monitor/windows.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { DeployedVersion } from '#core/registry/deployment-records.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ListedObject, ObjectStore } from '#ports/object-store.ts';
import { readJson } from './load-bundle.ts';
import type { WindowPart } from './plan-windows.ts';
import { predictionObjects } from './read-predictions.ts';

/** What windows of a version are compared with. */
export interface Watched {
  readonly version: number;
  readonly manifest: ModelManifest;
  readonly signature: Signature;
  /** The baseline's columns that the log can be compared with. */
  readonly compared: readonly ColumnProfile[];
  readonly sensitive: readonly string[];
}

/** What the rows of a window or of a part of it come to, and the objects of the log that had any. */
export interface WindowProfile {
  readonly summary: WindowSummary;
  readonly objects: readonly ListedObject[];
}

export async function loadWatched(
  store: ObjectStore,
  { version, manifest: pointer }: DeployedVersion,
): Promise<Watched> {
  const manifest = await readJson<ModelManifest>(store, pointer);
  const [signature, baseline] = await Promise.all([
    readJson<Signature>(store, manifest.files['signature.json']),
    readJson<{ columns: ColumnProfile[] }>(store, manifest.files['baseline.json']),
  ]);
  return { version, manifest, signature, ...comparable(signature, baseline.columns) };
}

/** Counts the rows of a part, and leaves what they come to where the plan says. */
export async function profilePart(
  store: ObjectStore,
  model: string,
  watched: Watched,
  part: WindowPart,
): Promise<void> {
  const profile = await profileSpan(store, model, watched, part);
  await store.write(part.key, canonicalJson(profile), 'application/json');
}

/** @param parts key of the array of its parts; null: they are counted here */
export async function profileWindow(
  store: ObjectStore,
  model: string,
  watched: Watched,
  span: Span,
  parts: string | null,
): Promise<WindowProfile> {
  if (parts === null) return profileSpan(store, model, watched, span);
  const read = async <T>(key: string) => JSON.parse(new TextDecoder().decode(await store.read(key))) as T;
  const planned = await read<WindowPart[]>(parts);
  const profiles = await Promise.all(planned.map(({ key }) => read<WindowProfile>(key)));
  const objects = new Map(profiles.flatMap((part) => part.objects.map((object) => [object.key, object])));
  return {
    summary: mergeCounts(profiles.map(({ summary }) => summary)),
    objects: [...objects.values()],
  };
}

/** Each id counts once: Firehose may deliver a record twice. */
async function profileSpan(
  store: ObjectStore,
  model: string,
  { compared }: Watched,
  span: Span,
): Promise<WindowProfile> {
  const rows = new Map<string, LoggedPrediction>();
  const objects: ListedObject[] = [];
  for await (const { object, lines } of predictionObjects(store, model, span)) {
    if (lines.length > 0) objects.push(object);
    for (const row of lines) rows.set(row.id, row);
  }
  return { summary: countRows([...rows.values()], compared), objects };
}
