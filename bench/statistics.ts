/**
 * `npm run bench:statistics`: how often the comparison of two models errs, and how often it finds a
 * loss, over seeded pairs whose true difference is known; beside each rate what is promised.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workDirectory } from '#local/work-directory.ts';
import { drawLosses, drawRankings, passShare, TRUE_EXCESS } from '#test/core/evaluate/simulated-pairs.ts';

/** Of 2,000 pairs a true 0.05 shows as above 0.055 one time in six by chance, of 10,000 one time in a hundred. */
const NULL_PAIRS = 10_000;
const POWER_PAIRS = 500;

interface Line {
  readonly work: string;
  readonly peer: 'what is promised';
  readonly ours: number;
  readonly theirs: number;
  readonly unit: 'share of pairs';
  /** At least 1 where the promise is kept. */
  readonly ratio: number;
  readonly goal: 1;
  readonly holds: boolean;
}

const lines: Line[] = [];
console.log(`${NULL_PAIRS} seeded pairs an error rate, ${POWER_PAIRS} a power; one-sided confidence 0.95\n`);
console.log('    rate     goal');
for (const rows of [1000, 4000]) {
  for (const metric of ['logLoss', 'brier'] as const) {
    const margin = TRUE_EXCESS[metric];
    atMost(
      `${metric}, ${rows} rows: passes although worse by exactly the margin`,
      passShare(metric, NULL_PAIRS, { metric, margin }, (random) => drawLosses(random, rows)),
    );
  }
  atMost(
    `auc, ${rows} rows: passes although worse by exactly the margin 0.01`,
    passShare('auc', NULL_PAIRS, { metric: 'auc', margin: 0.01 }, (random) =>
      drawRankings(random, { rows, areas: [0.71, 0.7] }),
    ),
  );
}
for (const correlation of [0.9, 0.8]) {
  const share = (challenger: number) =>
    passShare('power', POWER_PAIRS, { metric: 'auc', margin: 0.01 }, (random) =>
      drawRankings(random, { rows: 10_000, areas: [0.71, challenger], correlation }),
    );
  const models = `10000 rows, margin 0.01, models correlated ${correlation}`;
  atLeast(`auc, ${models}: a loss of 0.02 is refused`, 1 - share(0.69));
  atLeast(`auc, ${models}: an equal challenger passes`, share(0.71));
}
const file = join(workDirectory, 'bench/statistics.json');
await mkdir(join(workDirectory, 'bench'), { recursive: true });
await writeFile(file, `${JSON.stringify(lines, null, 2)}\n`);
process.exitCode = lines.every(({ holds }) => holds) ? 0 : 1;

function atMost(work: string, rate: number): void {
  add(work, rate, 0.055, 0.055 / rate, '<=');
}

function atLeast(work: string, rate: number): void {
  add(work, rate, 0.9, rate / 0.9, '>=');
}

function add(work: string, ours: number, theirs: number, ratio: number, sign: string): void {
  const holds = ratio >= 1;
  lines.push({ work, peer: 'what is promised', ours, theirs, unit: 'share of pairs', ratio, goal: 1, holds });
  console.log(
    `${ours.toFixed(4).padStart(8)} ${`${sign} ${theirs}`.padStart(8)}  ${work}${holds ? '' : '  MISSED'}`,
  );
}
