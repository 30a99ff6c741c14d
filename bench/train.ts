/**
 * `npm run bench:train [-- --rows 1000000 --runs 5]`: from a Parquet file to a saved model, ours against Python
 * XGBoost of the same version and threads, alternately, each run in a process of its own; medians.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { LABEL_COLUMN } from '#core/training/training-query.ts';
import { installEngines } from '#local/engines/install-engines.ts';
import { run } from '#local/run.ts';
import { root, workDirectory } from '#local/work-directory.ts';
import { compareMedians, installPeer } from './support.ts';
import { FEATURES, writeRows } from './train/data.ts';
import type { TrainCost, TrainPlan } from './train/plan.ts';

const FOLDER = join(workDirectory, 'bench/train');
const CHECK_ROWS = 100_000;

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '5' } },
});
const [rows, runs] = [Number(options.rows), Number(options.runs)];
const { libxgboost } = await installEngines();
const python = await installPeer('train');
await mkdir(FOLDER, { recursive: true });
const spill = await mkdtemp(join(tmpdir(), 'leeboard-bench-'));
try {
  await bundleOurs();
  await compare();
} finally {
  await rm(spill, { recursive: true, force: true });
}

async function compare(): Promise<void> {
  const [data, check] = [join(FOLDER, `rows-${rows}.parquet`), join(FOLDER, 'check.parquet')];
  await writeRows(data, 0, rows, spill);
  await writeRows(check, 1e9, CHECK_ROWS, spill);
  const settings = { rounds: 100, maxDepth: 6, learningRate: 0.1, threads: 2, seed: 1 };
  const plan = { data, label: LABEL_COLUMN, features: FEATURES, ...settings };
  const [oursModel, theirsModel] = [join(FOLDER, 'ours.ubj'), join(FOLDER, 'theirs.ubj')];
  const [ours, theirs]: [TrainCost[], TrainCost[]] = [[], []];
  console.log(
    `${rows} rows x ${FEATURES.length} columns, ${settings.rounds} rounds, ${settings.threads} threads\n`,
  );
  console.log('run  side    loop s  total s  peak MB  CPU s');
  for (let index = 1; index <= runs; index++) {
    ours.push(await runOurs({ ...plan, model: oursModel }));
    printRun(index, 'ours', ours);
    theirs.push(await runPeer({ ...plan, model: theirsModel }));
    printRun(index, 'Python', theirs);
  }
  const judged = await run(python, [
    join(root, 'bench/train/judge.py'),
    JSON.stringify({ ...plan, data: check, ours: oursModel, theirs: theirsModel }),
  ]);
  printSameWork(JSON.parse(judged));
  const peerVersion = theirs[0]?.version ?? '';
  const line = (work: string, of: 'loop' | 'total' | 'peakMb', unit: string, goal: number) =>
    compareMedians(
      { work, peer: 'Python XGBoost', peerVersion, unit, goal },
      ours.map((cost) => cost[of]),
      theirs.map((cost) => cost[of]),
    );
  const size = `${rows} x ${FEATURES.length} x ${settings.rounds} rounds`;
  const lines = [
    line(`training loop, ${size}`, 'loop', 's', 1 / 1.05),
    line(`from Parquet to saved model, ${size}`, 'total', 's', 1.1),
    line(`peak memory, ${size}`, 'peakMb', 'MB', 1 / 0.75),
  ];
  console.log();
  for (const { work, ours, theirs, unit, ratio, goal, holds } of lines) {
    const figures = `ours ${ours.toFixed(2)} ${unit}, Python ${theirs.toFixed(2)} ${unit}`;
    console.log(
      `${work}: ${figures}: ${ratio.toFixed(3)}, goal ${goal.toFixed(3)}: ${holds ? 'holds' : 'FALLS SHORT'}`,
    );
  }
  await writeFile(join(workDirectory, 'bench/train.json'), `${JSON.stringify(lines, null, 2)}\n`);
}

/** As the product's functions are bundled: the trainer's worker is a file of its own. */
async function bundleOurs(): Promise<void> {
  await build({
    entryPoints: {
      ours: join(root, 'bench/train/ours.ts'),
      'train-worker': join(root, 'lib/adapters/xgboost/train-worker.ts'),
    },
    outdir: FOLDER,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['@duckdb/node-api', 'koffi'],
    logLevel: 'warning',
  });
}

async function runOurs(plan: TrainPlan): Promise<TrainCost> {
  return JSON.parse(
    await run(process.execPath, [join(FOLDER, 'ours.js'), JSON.stringify(plan), libxgboost, spill]),
  );
}

async function runPeer(plan: TrainPlan): Promise<TrainCost> {
  // As ours does it by itself: on a busy machine Python's threads, which spin where they wait, lose many times over.
  const env = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', GOMP_SPINCOUNT: '20000' };
  return JSON.parse(await run(python, [join(root, 'bench/train/peer.py'), JSON.stringify(plan)], { env }));
}

function printRun(index: number, side: string, costs: readonly TrainCost[]): void {
  const { loop, total, peakMb, cpu } = costs.at(-1) as TrainCost;
  const cells = [
    loop.toFixed(2).padStart(6),
    total.toFixed(2).padStart(7),
    peakMb.toFixed(0).padStart(7),
    cpu.toFixed(1).padStart(5),
  ];
  console.log([String(index).padStart(3), side.padEnd(6), ...cells].join('  '));
}

function printSameWork({
  ours,
  theirs,
  difference,
}: Record<'ours' | 'theirs', { logLoss: number; auc: number }> & { difference: number }): void {
  const show = (side: { logLoss: number; auc: number }) =>
    `AUC ${side.auc.toFixed(6)}, log loss ${side.logLoss.toFixed(6)}`;
  console.log(
    `\n${CHECK_ROWS} other rows: ours ${show(ours)}; Python ${show(theirs)}; largest difference of a probability ${difference}`,
  );
}
