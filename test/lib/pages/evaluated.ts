import type { RunFacts } from '#core/compare/run-facts.ts';
import { evaluate } from '#core/evaluate/index.ts';
import { evaluateSlices } from '#core/evaluate/slices.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { LeaderboardEntry } from '#core/search/index.ts';
import { GatesSpec } from '#core/spec/gates.ts';
import type { Task } from '#core/spec/task.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { facts } from '../../core/compare/facts.ts';

const ROWS = 600;
const CITIES = ['north', 'south'] as const;

/** A version that was evaluated on seeded rows; the higher `skill` (0 to 1), the better its predictions. */
export function evaluatedFacts(version: number, skill: number, changes: Partial<RunFacts> = {}): RunFacts {
  const random = seededRandom(`version ${version}`);
  const labels = Array.from({ length: ROWS }, (_, row) => (row % 3 === 0 ? 1 : 0));
  const scores = labels.map((label) => (1 - skill) * random.uniform() + skill * (0.2 + 0.6 * label));
  const losses = Float64Array.from(scores, (score, row) => (score - (labels[row] as number)) ** 2);
  const test = evaluate('binary', labels, scores);
  const slices = evaluateSlices(GatesSpec.parse({ slices: ['city'] }).slices, {
    task: 'binary',
    types: { city: 'text' },
    rows: labels.map((_, row) => ({ city: CITIES[row % 2] as string })),
    labels,
    scores,
    options: {},
    losses,
    reference: { kind: 'baseline', losses: losses.map((loss) => loss + 0.01) },
  });
  const permutation = ['km', 'mm'].map((feature, index) => ({ feature, increase: 0.1 / (index + 1) }));
  return facts({
    name: `trips-late@${version}`,
    version,
    runId: `run-${version}`,
    metrics: test.metrics,
    testRows: ROWS,
    evaluation: { test, slices, robustness: { permutation }, champion: null } as unknown as VersionEvaluation,
    history: [0, 1, 2].map((round) => ({
      round,
      metric: 'logloss',
      train: 0.6 - round / 10,
      validation: 0.65 - round / 20,
    })),
    ...changes,
  });
}

/** A regression or multiclass version. */
export function otherTask(task: Task): RunFacts {
  const random = seededRandom(task);
  const labels = Array.from({ length: ROWS }, (_, row) => (task === 'multiclass' ? row % 3 : row / 100));
  const scores =
    task === 'multiclass'
      ? labels.flatMap((label) => [0, 1, 2].map((index) => (index === label ? 0.5 : 0.25)))
      : labels.map((label) => label + random.uniform());
  const test = evaluate(task, labels, scores, { classes: ['x', 'y', 'z'] });
  return evaluatedFacts(1, 0.5, {
    metrics: test.metrics,
    evaluation: {
      test,
      slices: [],
      robustness: { permutation: [] },
      champion: null,
    } as unknown as VersionEvaluation,
  });
}

/** Trials of a search, some of them pruned or failed. */
export const trials: LeaderboardEntry[] = Array.from({ length: 6 }, (_, index) => ({
  rank: index + 1,
  number: 5 - index,
  candidate: 'xgboost',
  parameters: { maxDepth: 2 + index, learningRate: 0.3 / 4 ** index, kind: 'tree' },
  status: index < 4 ? ('completed' as const) : index === 4 ? ('pruned' as const) : ('failed' as const),
  value: index === 5 ? null : 0.5 + index / 10,
  ...(index === 5 && { error: 'out of memory' }),
}));
