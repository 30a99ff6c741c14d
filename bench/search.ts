/**
 * `npm run bench:search [seeds]`: a search of 20 trials on flights against Optuna's at the same budget, on the same
 * matrix with the same XGBoost, alternately in one run; medians over the seeds.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openXgboost } from '#adapters/xgboost/library.ts';
import { boostingPruning, defaultSpace, type ParameterSpaces } from '#core/search/index.ts';
import { installEngines } from '#local/engines/install-engines.ts';
import { run } from '#local/run.ts';
import { root, workDirectory } from '#local/work-directory.ts';
import { flightsLate } from '../models/flights-late.ts';
import { readMatrix, writeMatrix } from './search/matrix.ts';
import { searchOurs, trainOwn } from './search/ours.ts';
import type { Found, SearchPlan } from './search/plan.ts';
import { installPeer, median } from './support.ts';

const FOLDER = join(workDirectory, 'bench/search');
const DATA = join(root, 'examples/nycflights13');
const ROUNDS = 300;
const WITHIN = 0.003;
const AUC_GOAL = 0.71;

const seeds = Array.from({ length: Number(process.argv[2] ?? 5) }, (_, index) => index + 1);
const { libxgboost } = await installEngines();
const python = await installPeer('search');
const spill = await mkdtemp(join(tmpdir(), 'leeboard-bench-'));
try {
  await compare();
} finally {
  await rm(spill, { recursive: true, force: true });
}

async function compare(): Promise<void> {
  const matrixFile = join(FOLDER, 'matrix.parquet');
  const months = ['01', '02', '03', '04', '05', '06', '07', '08', '09'];
  const files = {
    flights: months.map((month) => join(DATA, `flights-2013-${month}.parquet`)),
    weather: [join(DATA, 'weather-2013.parquet')],
  };
  await mkdir(FOLDER, { recursive: true });
  await writeMatrix(flightsLate, files, matrixFile, spill);
  const matrices = await readMatrix(flightsLate, matrixFile, spill);
  const xgboost = openXgboost(libxgboost);
  const plan = searchPlan(matrices.train.features.rows);
  const own = trainOwn(xgboost, matrices, plan);
  console.log(
    `flights, ${plan.trials} trials, train ${matrices.train.features.rows}, validation ${matrices.validation.features.rows}, ` +
      `September ${matrices.september.features.rows} rows; the spec's own settings: AUC ${own.toFixed(4)} in September\n`,
  );
  console.log('seed  side    validation  September  pruned  seconds  rounds  winner');
  const ours: Found[] = [];
  const theirs: Found[] = [];
  let versions = { optuna: '', xgboost: '' };
  const categorical = matrices.features.filter(({ levels }) => levels !== undefined).map(({ name }) => name);
  for (const seed of seeds) {
    const mine = searchOurs(xgboost, matrices, plan, seed);
    printSearch(seed, 'ours', mine);
    const input = JSON.stringify({ matrix: matrixFile, categorical, seed, plan });
    const answer = JSON.parse(await run(python, [join(root, 'bench/search/peer.py')], { input }));
    printSearch(seed, 'Optuna', answer.found);
    ours.push(mine);
    theirs.push(answer.found);
    versions = answer;
  }
  const peer = {
    peer: 'Optuna (TPESampler, MedianPruner)',
    peerVersion: `${versions.optuna}, XGBoost ${versions.xgboost}`,
  };
  const line = (work: string, of: keyof Found) => {
    const values = [ours, theirs].map((found) => found.map((item) => item[of] as number)) as [
      number[],
      number[],
    ];
    const [a, b] = values.map(median) as [number, number];
    const spread = values.map((list) => `${Math.min(...list).toFixed(4)} to ${Math.max(...list).toFixed(4)}`);
    console.log(
      `\n${work}: ours ${a.toFixed(4)} (${spread[0]}), Optuna ${b.toFixed(4)} (${spread[1]}), difference ${(a - b).toFixed(4)}, must be at least -${WITHIN}`,
    );
    return {
      work,
      ...peer,
      ours: a,
      theirs: b,
      unit: 'AUC',
      ratio: a / b,
      goal: 1 - WITHIN / b,
      holds: a - b >= -WITHIN,
    };
  };
  const lines = [
    line('search of 20 trials on flights: winner in September', 'september'),
    line('search of 20 trials on flights: best trial on validation', 'validation'),
  ];
  const auc = lines[0]?.ours as number;
  lines.push({
    work: 'AUC in September, trained January to August, with search',
    peer: "XGBoost with the spec's own settings",
    peerVersion: xgboost.version,
    ours: auc,
    theirs: own,
    unit: 'AUC',
    ratio: auc / own,
    goal: AUC_GOAL / own,
    holds: auc >= AUC_GOAL,
  });
  console.log(`\nAUC in September ${auc.toFixed(4)}, must be at least ${AUC_GOAL}`);
  await writeFile(join(workDirectory, 'bench/search.json'), `${JSON.stringify(lines, null, 2)}\n`);
}

function searchPlan(rows: number): SearchPlan {
  const space = defaultSpace('xgboost', { rows });
  const algorithm: Record<string, unknown> = { alpha: 0, gamma: 0, ...flightsLate.algorithm };
  return {
    space,
    own: ownSetting(space, algorithm),
    trials: 20,
    parallel: 4,
    rounds: ROUNDS,
    earlyStop: 20,
    prune: boostingPruning(ROUNDS),
    seed: 1,
    threads: 2,
  };
}

/** The spec's settings within the space: Optuna takes no trial outside of it. */
function ownSetting(space: ParameterSpaces, algorithm: Readonly<Record<string, unknown>>): SearchPlan['own'] {
  const inside = Object.entries(space).map(([name, range]) => {
    if (range.kind === 'choice') throw new TypeError(`${name}: expected a range`);
    return [name, Math.min(range.high, Math.max(range.low, Number(algorithm[name])))] as const;
  });
  return Object.fromEntries(inside);
}

function printSearch(seed: number, side: string, found: Found): void {
  const cells = [
    String(seed).padStart(4),
    side.padEnd(6),
    found.validation.toFixed(4).padStart(10),
    found.september.toFixed(4).padStart(9),
    String(found.pruned).padStart(6),
    found.seconds.toFixed(1).padStart(7),
    String(found.rounds).padStart(6),
    JSON.stringify(found.parameters, (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(3)) : value,
    ),
  ];
  console.log(cells.join('  '));
}
