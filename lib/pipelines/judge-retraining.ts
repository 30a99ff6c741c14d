import { canonicalJson } from '#core/data/canonical-json.ts';
import { NotFoundError } from '#core/errors.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import { changedFields } from '#core/retrain/changed-fields.ts';
import { judgeRetraining as judge } from '#core/retrain/judge.ts';
import type { JudgedAction, JudgedState, Judgement } from '#core/retrain/records.ts';
import { comparedRows, FEWEST_NEW_ROWS, windowStarts } from '#core/retrain/training-windows.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { LabelSurvey } from '#ports/preparation.ts';
import type { Registry } from '#ports/registry.ts';
import { backtestWindows, type LeftOut, type WindowsTried } from './backtest-windows.ts';
import { createOnce } from './create-once.ts';
import { type Bundle, loadBundle, readJson } from './load-bundle.ts';
import { newestVersion } from './newest-version.ts';
import type { TrainingEngines, TrainingRecord } from './train-version.ts';
import type { DatasetChoices, TrainingRows } from './training-rows.ts';

export interface JudgingPorts {
  readonly store: ObjectStore;
  readonly registry: Registry;
  readonly rows: TrainingRows;
  readonly enginesFor: (signature: Signature) => TrainingEngines;
  readonly openChampion: (bundle: Bundle) => Predictor;
}

export interface JudgingRequest {
  /** As deployed. */
  readonly model: ModelSpec;
  readonly specHash: string;
  readonly codeVersion: string;
  /** Its number. */
  readonly decision: number;
  /** Name of the execution that judges: a decision that waits for data is judged by another one each time. */
  readonly execution: string;
  /** ISO 8601, UTC. */
  readonly asOf: string;
  /** Part of a model's identity. */
  readonly threads: number;
}

/** `judgement.json` of a decision: what was found, what comes of it, and of which data, spec and code. Plain JSON. */
export interface JudgementDocument extends JudgedState {
  readonly format: 1;
  readonly model: string;
  readonly decision: number;
  readonly execution: string;
  readonly asOf: string;
  readonly judgement: Judgement;
  readonly verdict: JudgedAction;
  /** Windows of the spec that were not tried, and why. */
  readonly leftOut: readonly LeftOut[];
}

export interface JudgedRetraining extends JudgementDocument {
  readonly judgementFile: ObjectPointer;
}

/** Newest windows of predictions that are searched for the first that drifted. */
const MOST_WINDOWS = 5000;

/** `models/<model>/decisions/000012/<execution>/judgement.json`. */
const judgementKey = ({ model, decision, execution }: JudgingRequest) =>
  `models/${model.name}/decisions/${String(decision).padStart(6, '0')}/${execution}/judgement.json`;

/**
 * Judges whether a decision's training would help, before it costs anything: by how many labelled rows are newer than
 * those the champion saw, and by fitting the spec's windows again and comparing them with the champion on the newest.
 * An execution judges once: called again, the first judgement is the answer.
 * @throws NotFoundError when there is no such decision
 */
export async function judgeRetraining(
  ports: JudgingPorts,
  request: JudgingRequest,
): Promise<JudgedRetraining> {
  const { store } = ports;
  const key = judgementKey(request);
  const earlier = (await store.list(key)).some((object) => object.key === key);
  const file = earlier
    ? await store.describe(key)
    : await createOnce(store, key, canonicalJson(await judgeOnce(ports, request)), 'application/json');
  return { ...(await readJson<JudgementDocument>(store, file)), judgementFile: file };
}

async function judgeOnce(ports: JudgingPorts, request: JudgingRequest): Promise<JudgementDocument> {
  const { registry, rows } = ports;
  const { model, decision: number, execution, asOf, specHash, codeVersion } = request;
  const decision = await registry.decision(model.name, number);
  if (!decision) throw new NotFoundError(`${model.name}: there is no decision ${number}`);
  const choices = await newestVersions(registry, model, asOf);
  const champion = await loadChampion(ports, model);
  const all = await rows.survey(choices, { model });
  const seenUntil = champion
    ? (await rows.survey(champion.bundle.manifest.datasets, { model: champion.spec })).to
    : null;
  const { rows: newRows } =
    seenUntil === null ? all : await rows.survey(choices, { model, after: seenUntil });
  const tried =
    champion && seenUntil !== null && newRows >= FEWEST_NEW_ROWS
      ? await tryWindows(ports, request, champion, { choices, all, seenUntil, newRows })
      : undefined;
  const judgement: Judgement = {
    champion: champion?.version ?? null,
    seenUntil,
    labelledUntil: all.to,
    newRows,
    ...(tried?.backtest && { backtest: tried.backtest }),
  };
  const verdict = judge({
    triggers: decision.triggers.map(({ kind }) => kind),
    task: model.task,
    labelledRows: all.rows,
    minRows: model.minRows,
    changed: champion ? changedParts(request, champion) : [],
    judgement,
    bestSince: tried?.bestSince ?? null,
    untried: tried && !tried.backtest ? describeLeftOut(tried) : null,
    incomparable: tried?.incomparable ?? null,
  });
  return {
    format: 1,
    model: model.name,
    decision: number,
    execution,
    asOf,
    judgement,
    verdict,
    leftOut: tried?.leftOut ?? [],
    datasets: Object.fromEntries(choices.map(({ dataset, version }) => [dataset, version])),
    specHash,
    codeVersion,
  };
}

/** Most often one reason for all windows. */
const describeLeftOut = ({ leftOut }: WindowsTried) =>
  [...new Set(leftOut.map(({ reason }) => reason))].join('; ');

/** As a training would choose them; those that are not there yet are left out. */
async function newestVersions(registry: Registry, model: ModelSpec, asOf: string): Promise<DatasetChoices> {
  const names = [
    ...new Set([model.from, ...model.join.map(({ dataset }) => dataset)].map(({ name }) => name)),
  ];
  const newest = await Promise.all(
    names.map(async (dataset) => {
      const found = await newestVersion(registry, dataset, asOf);
      return found ? [{ dataset, version: found.version, manifest: found.manifest }] : [];
    }),
  );
  return newest.flat();
}

interface Champion {
  readonly version: number;
  readonly bundle: Bundle;
  /** It was trained by: the deployed one of its time, with the changes of its run. */
  readonly spec: ModelSpec;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly training: TrainingRecord;
}

async function loadChampion(
  { store, registry }: JudgingPorts,
  { name }: ModelSpec,
): Promise<Champion | undefined> {
  const deployed = (await registry.deployment(name))?.champion;
  if (!deployed) return undefined;
  const bundle = await loadBundle(store, deployed.manifest);
  const { files, runId } = bundle.manifest;
  const [spec, training, run] = await Promise.all([
    readJson<ModelSpec>(store, files['spec.json']),
    readJson<TrainingRecord>(store, files['training.json']),
    registry.run(name, runId),
  ]);
  return { version: deployed.version, bundle, spec, training, ...(run?.set && { set: run.set }) };
}

function changedParts({ model, codeVersion }: JudgingRequest, { bundle, spec, set }: Champion): string[] {
  const code = bundle.manifest.codeVersion === codeVersion ? [] : ['code'];
  return [...changedFields(model, spec, set), ...code];
}

interface Found {
  readonly choices: DatasetChoices;
  /** All labelled rows. */
  readonly all: LabelSurvey;
  /** Those that the champion did not see. */
  readonly seenUntil: string;
  readonly newRows: number;
}

async function tryWindows(
  ports: JudgingPorts,
  { model, asOf, threads }: JudgingRequest,
  champion: Champion,
  { choices, all, seenUntil, newRows }: Found,
): Promise<WindowsTried & { readonly bestSince: string | null }> {
  const { rows, registry, enginesFor, openChampion } = ports;
  const newest = comparedRows(newRows);
  const { newestFrom } = await rows.survey(choices, { model, after: seenUntil, newest });
  const changedAt = await firstDrift(registry, model.name, champion.version, asOf);
  const from = newestFrom as string;
  const anchors = { oldest: all.from as string, newest: from, changedAt };
  const predictor = openChampion(champion.bundle);
  try {
    const tried = await backtestWindows(rows, enginesFor, {
      model,
      datasets: choices,
      champion: { ...champion.bundle, predictor, training: champion.training },
      windows: windowStarts(model.retrain.windows, anchors),
      from,
      threads,
    });
    // The training goes on to the newest row, and so does its window.
    const best = model.retrain.windows.filter((window) => window === tried.backtest?.best);
    const [start] = windowStarts(best, { ...anchors, newest: all.to as string });
    return { ...tried, bestSince: start?.since ?? null };
  } finally {
    predictor.close();
  }
}

/** When the first window of predictions began whose inputs had drifted from what a version learned from. */
async function firstDrift(
  registry: Registry,
  model: string,
  version: number,
  asOf: string,
): Promise<string | null> {
  const windows = await registry.windows(model, { limit: MOST_WINDOWS });
  const drifted = windows.filter(
    (window) => window.version === version && window.drifted.length > 0 && window.to <= asOf,
  );
  return drifted.map(({ from }) => from).sort()[0] ?? null;
}
