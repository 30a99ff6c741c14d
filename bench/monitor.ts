/**
 * `npm run bench:monitor [-- --rows 1000000 --runs 3]`: drift of 30 columns between two Parquet files, ours against
 * pandas + scipy and against Evidently's preset, alternately, each run in a process of its own; medians.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { run } from '#local/run.ts';
import { root, workDirectory } from '#local/work-directory.ts';
import { atMost, type Measured, report } from './deployment.ts';
import { COLUMNS, writeRows } from './monitor/data.ts';
import { countDifferences } from './monitor/parts.ts';
import type { DriftCost, DriftFound, DriftPlan, DriftValues } from './monitor/plan.ts';
import { compareMedians, installPeer, median } from './support.ts';

const FOLDER = join(workDirectory, 'bench/monitor');
/** Of the peer's value: rounding. */
const ROUNDING = 1e-9;
/** Ours looks at the distribution functions at the baseline's cuts alone: up to a tenth of the rows are between two. */
const KS_APART = 0.05;
/** Ours takes numbers between two hundredths of the baseline to lie evenly: of the peer's value, or in deviations. */
const [WASSERSTEIN_RELATIVE, WASSERSTEIN_ABSOLUTE] = [0.01, 0.005];

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '3' } },
});
const [rows, runs] = [Number(options.rows), Number(options.runs)];
const size = `${rows} x ${COLUMNS.length}`;
const python = await installPeer('monitor');
await mkdir(FOLDER, { recursive: true });
const spill = await mkdtemp(join(tmpdir(), 'leeboard-bench-'));
try {
  await build({
    entryPoints: [join(root, 'bench/monitor/ours.ts')],
    outfile: join(FOLDER, 'ours.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['@duckdb/node-api'],
    logLevel: 'warning',
  });
  await report('monitor', await compare());
} finally {
  await rm(spill, { recursive: true, force: true });
}

async function compare(): Promise<Measured[]> {
  const [plan, twice] = [await planOf(rows), await planOf(2 * rows)];
  const [ours, double, scipy, evidently]: [DriftFound[], DriftFound[], DriftFound[], DriftFound[]] = [
    [],
    [],
    [],
    [],
  ];
  console.log(`drift of ${size}: from two Parquet files to the drift of every column\n`);
  console.log('run  side              s     CPU s  peak MB');
  for (let index = 1; index <= runs; index++) {
    ours.push(print(index, 'ours', await runOurs(plan)));
    scipy.push(print(index, 'pandas + scipy', await runPeer('peer.py', plan)));
    double.push(print(index, 'ours, twice', await runOurs(twice)));
    // Once: its time and memory are not near a goal's edge, and a run is minutes.
    if (index === 1) evidently.push(print(index, 'Evidently', await runPeer('evidently_peer.py', plan)));
  }
  const [first, peer, preset] = [ours, scipy, evidently].map(([found]) => found) as [
    DriftFound,
    DriftFound,
    DriftFound,
  ];
  // What monitoring does: training left the baseline. The peers keep none, so they read both files each time.
  const windows = ours.map((found) => ({ ...found, total: found.windowTotal ?? found.total }));
  const growth = median(double.map(({ total }) => total)) / median(ours.map(({ total }) => total));
  const parts = Math.min(rows, 100_000);
  return [
    line(`drift of ${size}`, 'pandas + scipy', ours, scipy, 'total', 's', 3),
    line(`drift of ${size}`, 'Evidently', ours, evidently, 'total', 's', 100),
    line(
      `a window of ${size} against the stored baseline`,
      'pandas + scipy',
      windows,
      scipy,
      'total',
      's',
      3,
    ),
    line(
      `a window of ${size} against the stored baseline`,
      'Evidently',
      windows,
      evidently,
      'total',
      's',
      100,
    ),
    line(`peak memory, ${size}`, 'Evidently', ours, evidently, 'peakMb', 'MB', 10),
    atMost(`time of ${2 * rows} rows / of ${rows}`, growth, 2.2, 'times'),
    atMost(
      `fields that differ: 1,000 parts of ${parts} rows merged, and the whole`,
      await countDifferences(plan.reference, plan.current, parts, spill),
      0,
      'fields',
    ),
    ...(['psi', 'jensenShannon', 'chiSquare', 'kolmogorovSmirnovAtCuts'] as const).map((name) =>
      apart(`scipy: ${name}, relative`, first, peer, name, ROUNDING, relative),
    ),
    apart('scipy: KS of all values', first, peer, 'kolmogorovSmirnov', KS_APART, (a, b) => Math.abs(a - b)),
    ...Object.entries({ scipy: peer, Evidently: preset }).map(([whose, values]) =>
      apart(
        `${whose}: Wasserstein, relative beyond ${WASSERSTEIN_ABSOLUTE} deviations`,
        first,
        values,
        'wasserstein',
        WASSERSTEIN_RELATIVE,
        (a, b) => (Math.abs(a - b) <= WASSERSTEIN_ABSOLUTE ? 0 : relative(a, b)),
      ),
    ),
    apart('Evidently: jensenShannon of levels, relative', first, preset, 'jensenShannon', ROUNDING, relative),
  ];
}

/** The rows of both files, once; the current ones are others, and moved in some columns. */
async function planOf(count: number): Promise<DriftPlan> {
  const [reference, current] = ['reference', 'current'].map((name) =>
    join(FOLDER, `${name}-${count}.parquet`),
  ) as [string, string];
  await writeRows(reference, { first: 0, count, moved: false }, spill);
  await writeRows(current, { first: 1e9, count, moved: true }, spill);
  const named = (wanted: string) => COLUMNS.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return { reference, current, numbers: named('number'), levels: named('category') };
}

async function runOurs(plan: DriftPlan): Promise<DriftFound> {
  return JSON.parse(await run(process.execPath, [join(FOLDER, 'ours.js'), JSON.stringify(plan), spill]));
}

async function runPeer(program: string, plan: DriftPlan): Promise<DriftFound> {
  return JSON.parse(await run(python, [join(root, 'bench/monitor', program), JSON.stringify(plan)]));
}

function print<Cost extends DriftCost>(index: number, side: string, cost: Cost): Cost {
  const cells = [
    cost.total.toFixed(2).padStart(8),
    cost.cpu.toFixed(1).padStart(8),
    cost.peakMb.toFixed(0).padStart(7),
  ];
  console.log([String(index).padStart(3), side.padEnd(14), ...cells].join('  '));
  return cost;
}

function line(
  work: string,
  peer: string,
  ours: readonly DriftCost[],
  theirs: readonly DriftCost[],
  of: 'total' | 'peakMb',
  unit: string,
  goal: number,
): Measured {
  return compareMedians(
    { work: `${work}, ${peer}`, peer, peerVersion: theirs[0]?.version ?? '', unit, goal },
    ours.map((cost) => cost[of]),
    theirs.map((cost) => cost[of]),
  );
}

/** The largest distance of a statistic from the peer's, over the columns that have it. */
function apart(
  what: string,
  ours: DriftFound,
  theirs: DriftFound,
  statistic: keyof DriftValues,
  tolerance: number,
  distance: (ours: number, theirs: number) => number,
): Measured {
  const distances = Object.entries(theirs.columns).flatMap(([column, values]) => {
    const [expected, found] = [values[statistic], ours.columns[column]?.[statistic]];
    return expected === undefined ? [] : [distance(found ?? Number.NaN, expected)];
  });
  return atMost(
    `largest distance from ${what}`,
    distances.length > 0 ? Math.max(...distances) : Number.NaN,
    tolerance,
    '',
  );
}

function relative(found: number, expected: number): number {
  return Math.abs(found - expected) / expected;
}
