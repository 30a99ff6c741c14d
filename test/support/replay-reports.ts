import { seededRandom } from '#core/random/seeded-random.ts';
import { compareAnswers } from '#core/replay/compare-answers.ts';
import type { ReplayReport } from '#core/replay/report.ts';
import { replayVerdict } from '#core/replay/verdict.ts';
import type { Prediction } from '#core/serve/answer.ts';
import type { Task } from '#core/spec/task.ts';

const ROWS = 2000;
const CLASSES = ['early', 'late', 'on time'];

/** Answers of a version whose numbers are higher by `shift`, the same rows for each shift. */
export function answersOf(task: Task, shift: number): Prediction[] {
  const random = seededRandom(`replay-${task}`);
  return Array.from({ length: ROWS }, (): Prediction => {
    const [signal, noise] = [random.normal(), random.normal()];
    const margin = signal - 1 + shift * (1 + 0.5 * noise);
    const probability = 1 / (1 + Math.exp(-margin));
    if (task === 'regression') return { value: 30 + 8 * margin };
    if (task === 'binary') return { probability, margin, positive: probability >= 0.5 };
    const [late, early] = [probability, (1 - probability) * (noise > 0 ? 0.7 : 0.2)];
    const probabilities: Record<string, number> = { early, late, 'on time': 1 - late - early };
    const label = CLASSES.reduce((best, name) =>
      (probabilities[name] as number) > (probabilities[best] as number) ? name : best,
    );
    return { label, probabilities };
  });
}

/** A report of two versions that differ by `shift`. */
export function reportOf(task: Task, shift = 0.4, changes: Partial<ReplayReport> = {}): ReplayReport {
  const change = compareAnswers(task, answersOf(task, 0), answersOf(task, shift));
  const report = {
    format: 1 as const,
    replayId: 'r1',
    model: 'late',
    version: 2,
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T02:00:00.000Z',
    by: 'ada',
    reason: 'before promoting it',
    rows: ROWS + 10,
    scored: ROWS,
    refused: { rows: 10, absent: {}, unfit: { distance: 10 } },
    unread: { hidden: { tailnum: ROWS }, absent: {} },
    answered: [{ version: 1, rows: ROWS + 10, changed: 'changed' in change ? change.changed : ROWS }],
    change,
    champion: null,
    truth: null,
    ...changes,
  };
  return { ...report, verdict: replayVerdict(report) };
}
