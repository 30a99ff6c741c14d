import { evaluateRegression } from '../evaluate/evaluate-regression.ts';
import { superiority } from '../evaluate/index.ts';
import { classAucs } from '../evaluate/macro-auc.ts';
import { pointMetric } from '../evaluate/point-metric.ts';
import type { Task } from '../spec/task.ts';
import type { Backtest, BacktestCandidate } from './records.ts';

const CONFIDENCE = 0.95;

/** Labelled rows that neither champion nor candidates saw. */
export interface ComparedRows {
  readonly task: Task;
  /** 0 or 1, the index of the class, or the number itself, a row. */
  readonly labels: Float64Array;
  /** Of a multiclass model: all that any model or row has; else empty. */
  readonly classes: readonly string[];
  /** Rows x outputs. */
  readonly champion: ArrayLike<number>;
}

type Gain = Pick<BacktestCandidate, 'loss' | 'score' | 'gain' | 'gainAtLeast'> &
  Pick<Backtest, 'championLoss' | 'championScore'>;

/** What is compared a row. */
export const lossOfTask = (task: Task): Backtest['loss'] =>
  task === 'regression' ? 'squaredError' : 'logLoss';

/**
 * A candidate's gain over the champion on the same rows: mean of the pairs' differences of loss, and the one-sided
 * lower bound mean - 1.645 s / sqrt(n) of the normal approximation (`superiority`; Wellek, Testing Statistical
 * Hypotheses of Equivalence and Noninferiority, 2010, chapter 2). Where nothing bounds it, the bound is 0: not surely better.
 * @param answers the candidate's, rows x outputs
 */
export function gainOver(compared: ComparedRows, answers: ArrayLike<number>): Gain {
  const { task, labels, classes, champion } = compared;
  const found = superiority({
    task,
    metric: task === 'regression' ? 'mse' : 'logLoss',
    confidence: CONFIDENCE,
    labels,
    champion,
    challenger: answers,
    ...(classes.length > 0 && { classes }),
  });
  return {
    loss: found.challenger as number,
    score: knownScore(compared, answers),
    gain: 0 - (found.difference as number),
    gainAtLeast: found.bound === null ? 0 : 0 - found.bound,
    championLoss: found.champion as number,
    championScore: knownScore(compared, champion),
  };
}

/** AUC, macro AUC or R2; null where these rows do not define it. */
function knownScore(
  { task, labels, classes }: Omit<ComparedRows, 'champion'>,
  scores: ArrayLike<number>,
): number | null {
  switch (task) {
    case 'binary':
      return pointMetric('auc', task, labels, scores);
    case 'multiclass':
      return classAucs(labels, scores, classes.length, CONFIDENCE).macro.value;
    case 'regression':
      return evaluateRegression(labels, scores).metrics.r2.value;
  }
}

/**
 * The candidate that learned from most rows, unless one that learned from fewer is surely better: its gain is at least
 * more than what that one gained, and its score is no lower; of several the one with the largest sure gain. Few rows do
 * well on the newest ones by chance and by the season: over 2013's flights, months that were trained on the window with
 * the smallest loss lost 0.009 of AUC against all rows.
 * @returns undefined when there is none
 */
export function bestCandidate(candidates: readonly BacktestCandidate[]): BacktestCandidate | undefined {
  const [widest, ...narrower] = candidates.toSorted(
    (a, b) => b.rows - a.rows || b.gainAtLeast - a.gainAtLeast,
  );
  if (!widest) return undefined;
  const isSurelyBetter = ({ gainAtLeast, score }: BacktestCandidate) =>
    gainAtLeast > widest.gain && (score === null || widest.score === null || score >= widest.score);
  const [best = widest] = narrower
    .filter(isSurelyBetter)
    .sort((a, b) => b.gainAtLeast - a.gainAtLeast || b.rows - a.rows);
  return best;
}
