import { NotFeasibleError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import { bestCandidate, type ComparedRows, gainOver, lossOfTask } from '#core/retrain/compare-windows.ts';
import type { Backtest, BacktestCandidate } from '#core/retrain/records.ts';
import type { WindowStart } from '#core/retrain/training-windows.ts';
import type { Signature } from '#core/serve/signature.ts';
import { candidatesOf, type SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { chosenBy } from '#core/training/search-space.ts';
import { LABEL_COLUMN, rawColumns } from '#core/training/training-query.ts';
import { answersOf, missingInputs } from './compare-versions.ts';
import { asRows, labelsOf } from './labelled-rows.ts';
import type { Scorer } from './score-rows.ts';
import { type TrainingEngines, type TrainingRecord, trainVersion } from './train-version.ts';
import type { DatasetChoices, PreparedWindow, TrainingRows } from './training-rows.ts';

export interface BacktestRequest {
  readonly model: ModelSpec;
  readonly datasets: DatasetChoices;
  readonly champion: Scorer & { readonly training: Pick<TrainingRecord, 'algorithm' | 'rounds'> };
  readonly windows: readonly WindowStart[];
  /** The rows from it on are compared on; the champion saw none of them. ISO 8601, UTC. */
  readonly from: string;
  /** Part of a model's identity. */
  readonly threads: number;
}

/** A window that was not tried, and why. */
export interface LeftOut {
  readonly window: string;
  readonly reason: string;
}

export interface WindowsTried {
  /** Absent when no window could be tried. */
  readonly backtest?: Backtest;
  /** Why the champion cannot be compared with any model of the spec. */
  readonly incomparable?: string;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Fits a candidate for each window, on its rows before `from`, and compares it with the champion on the rows from then
 * on, which none of them saw. All are compared on the rows of the widest window, scored from raw columns as serving
 * does. Candidates have the spec's algorithm, or what a search found for the champion, and the champion's rounds.
 */
export async function backtestWindows(
  rows: TrainingRows,
  enginesFor: (signature: Signature) => TrainingEngines,
  request: BacktestRequest,
): Promise<WindowsTried> {
  const { model, datasets, windows, from, champion } = request;
  const unable = incomparable(model, champion.signature);
  if (unable) return { incomparable: unable, leftOut: [] };
  const candidates: BacktestCandidate[] = [];
  const leftOut: LeftOut[] = [];
  let compared: Compared | undefined;
  for (const { window, since } of [...windows].sort(widestFirst)) {
    try {
      const prepared = await rows.prepare(datasets, { ...model, ...(since !== null && { since }) }, from);
      compared ??= await comparedWith(request, prepared);
      const answers = await fitAndAnswer(enginesFor, request, prepared, compared);
      const { championLoss: _, championScore: __, ...gain } = gainOver(compared, answers);
      candidates.push({ window, since, rows: prepared.sets.trainAndValidation.rows, ...gain });
    } catch (error) {
      if (!(error instanceof NotFeasibleError)) throw error;
      leftOut.push({ window, reason: error.message });
    }
  }
  const best = bestCandidate(candidates);
  if (!compared || !best) return { leftOut };
  const { championLoss, championScore } = gainOver(compared, compared.champion);
  return {
    leftOut,
    backtest: {
      loss: lossOfTask(model.task),
      ...compared.span,
      rows: compared.labels.length,
      championLoss,
      championScore,
      candidates,
      best: best.window,
    },
  };
}

/** Why the champion cannot be compared with a model of this spec; undefined: it can. */
function incomparable(model: ModelSpec, signature: Signature): string | undefined {
  if (signature.task !== model.task) return `the champion is a ${signature.task} model`;
  const missing = missingInputs(model, signature, rawColumns(model));
  return missing.length > 0
    ? `the champion needs ${missing.join(', ')}, which the spec no longer has`
    : undefined;
}

const widestFirst = (a: WindowStart, b: WindowStart) => (a.since ?? '').localeCompare(b.since ?? '');

interface Compared extends ComparedRows {
  readonly rows: readonly Row[];
  readonly span: Pick<Backtest, 'from' | 'to'>;
}

async function comparedWith(
  { model, champion }: BacktestRequest,
  prepared: PreparedWindow,
): Promise<Compared> {
  const columns = await prepared.testRows();
  const known = [prepared.signature.classes ?? [], champion.signature.classes ?? []].flat();
  const seen = model.task === 'multiclass' ? (columns[LABEL_COLUMN] ?? []).map(String) : [];
  const classes = [...new Set([...known, ...seen])];
  const rows = asRows(columns);
  const { from, to } = prepared.splits.test;
  return {
    task: model.task,
    classes,
    labels: labelsOf({ ...prepared.signature, ...(model.task === 'multiclass' && { classes }) }, columns),
    champion: answersOf(champion, rows, classes),
    rows,
    span: { from, to },
  };
}

async function fitAndAnswer(
  enginesFor: (signature: Signature) => TrainingEngines,
  { model, champion: { training }, threads }: BacktestRequest,
  { signature, sets }: PreparedWindow,
  { rows, classes }: Compared,
): Promise<ArrayLike<number>> {
  const engines = enginesFor(signature);
  const algorithm = algorithmOf(model, training.algorithm);
  const trained = await trainVersion(engines, {
    // Where a positive begins costs a fit and changes no loss.
    model: { calibration: model.calibration, threshold: 0.5 },
    algorithm,
    metric: chosenBy(model),
    signature,
    sets,
    threads,
    ...(algorithm.kind === 'xgboost' && training.algorithm.kind === 'xgboost' && { rounds: training.rounds }),
  });
  const predictor = engines.open(trained.record.engine, trained.model);
  try {
    return answersOf({ signature, decision: trained.decision, predictor }, rows, classes);
  } finally {
    predictor.close();
  }
}

/** The spec's own, but of a search what it found for the champion: its settings are not the spec's. */
function algorithmOf(model: ModelSpec, found: SingleAlgorithm): SingleAlgorithm {
  const own = candidatesOf(model.algorithm);
  if (model.search && own.some(({ kind }) => kind === found.kind)) return found;
  return own[0] as SingleAlgorithm;
}
