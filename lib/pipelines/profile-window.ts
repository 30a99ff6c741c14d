import { canonicalJson } from '#core/data/canonical-json.ts';
import type { ColumnProfile } from '#core/drift/index.ts';
import { groupReadings } from '#core/monitor/group-selection.ts';
import { mergeSummaries, type SummaryReading, summarise, type WindowSummary } from '#core/monitor/summary.ts';
import type { Span } from '#core/monitor/windows.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { DeployedVersion } from '#core/registry/deployment-records.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import type { ListedObject, ObjectStore } from '#ports/object-store.ts';
import { readBaseline, readJson } from './load-bundle.ts';
import type { WindowPart } from './plan-windows.ts';
import { readDocument } from './read-document.ts';
import { predictionObjects } from './read-predictions.ts';

/** What windows of a version are compared with. */
export interface Watched {
  readonly version: number;
  readonly manifest: ModelManifest;
  readonly signature: Signature;
  readonly evaluation: VersionEvaluation;
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
  const [baseline, evaluation] = await Promise.all([
    readBaseline(store, manifest),
    readJson<VersionEvaluation>(store, manifest.files['evaluation.json']),
  ]);
  return { version, manifest, evaluation, ...baseline };
}

/** The model whose log is read, as it is declared now. */
export interface ProfiledModel {
  readonly model: string;
  readonly spec: ModelSpec;
}

/** Where the log is, and how an id is hashed. */
export interface ProfilePorts {
  readonly store: ObjectStore;
  /** SHA-256 of a text, hex. */
  readonly sha256: (text: string) => string;
}

/** Counts the rows of a part, and leaves what they come to where the plan says. */
export async function profilePart(
  ports: ProfilePorts,
  run: ProfiledModel,
  watched: Watched,
  part: WindowPart,
): Promise<void> {
  const log = await readDocument<ListedObject[]>(ports.store, part.log);
  const profile = await profileSpan(ports, run, watched, part, log);
  await ports.store.write(part.key, canonicalJson(profile), 'application/json');
}

/** @param parts key of the array of its parts; null: they are counted here */
export async function profileWindow(
  ports: ProfilePorts,
  run: ProfiledModel,
  watched: Watched,
  span: Span,
  parts: string | null,
): Promise<WindowProfile> {
  if (parts === null) return profileSpan(ports, run, watched, span);
  let summary = summarise([], readingOf(ports, run, watched));
  const objects = new Map<string, ListedObject>();
  // One after the other: a thousand parts with their samples are more than a function can hold.
  for (const { key } of await readDocument<WindowPart[]>(ports.store, parts)) {
    const part = await readDocument<WindowProfile>(ports.store, key);
    summary = mergeSummaries(summary, part.summary);
    for (const object of part.objects) objects.set(object.key, object);
  }
  return { summary, objects: [...objects.values()] };
}

async function profileSpan(
  ports: ProfilePorts,
  run: ProfiledModel,
  watched: Watched,
  span: Span,
  log?: readonly ListedObject[],
): Promise<WindowProfile> {
  const rows: LoggedPrediction[] = [];
  const objects: ListedObject[] = [];
  for await (const { object, lines } of predictionObjects(ports.store, run.model, span, log)) {
    if (lines.length > 0) objects.push(object);
    for (const row of lines) rows.push(row);
  }
  return { summary: summarise(rows, readingOf(ports, run, watched)), objects };
}

function readingOf(
  { sha256 }: ProfilePorts,
  { spec }: ProfiledModel,
  { version, compared, signature, evaluation }: Watched,
): SummaryReading {
  return {
    version,
    compared,
    columns: signature.inputs,
    scores: evaluation.reference?.scores,
    threshold: evaluation.decision.threshold,
    groups: groupReadings(spec, signature, evaluation),
    // 52 bits: what a number holds exactly.
    hash: (id) => Number.parseInt(sha256(id).slice(0, 13), 16),
  };
}
