/**
 * `npm run bench:drift-alarms [-- --windows 1000 --evidently 1000]` (of how many windows Evidently is asked; it takes
 * 40 minutes for all): how often a model of 20 columns is said to need attention by seeded windows in
 * which nothing changed, and how often one column moved by 0.3 of its deviation is found: ours, all that is watched
 * together, beside Evidently's defaults and beside "PSI of any column at least 0.2", on the same rows.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DRIFTED_PSI } from '#core/drift/psi.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { run } from '#local/run.ts';
import { root, workDirectory } from '#local/work-directory.ts';
import {
  BASELINE_ROWS,
  baselineOf,
  type Columns,
  drawColumns,
  drawWindows,
  KINDS,
} from '#test/core/drift/simulated-windows.ts';
import { examineSimulated, simulateVersion, TEST_ROWS } from '#test/core/monitor/simulated-model.ts';
import { installPeer } from './support.ts';

const FOLDER = join(workDirectory, 'bench/drift-alarms');
const SHIFT = 0.3;
const MOST_ALARMS = 0.05;
const LEAST_FOUND = 0.9;

/** Windows in which anything is called; of a shift, in which the moved column is. */
interface Called {
  /** A column is drifted or shifted, or anything else needs attention. */
  ours: number;
  /** Ours, of those the ones that need attention; of a shift, in which the moved column rings. */
  attention: number;
  psi: number;
  evidently: number;
  /** Evidently's verdict on the whole window: half of its columns. */
  half: number;
  /** Windows that Evidently was asked about. */
  asked: number;
}

interface Line {
  readonly work: string;
  readonly peer: string;
  readonly peerVersion: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: 'share of windows';
  /** At least 1 where the promise is kept. */
  readonly ratio: number;
  readonly goal: 1;
  readonly holds: boolean;
}

const { values: options } = parseArgs({
  options: { windows: { type: 'string', default: '1000' }, evidently: { type: 'string', default: '1000' } },
});
const [windows, mostAsked] = [Number(options.windows), Number(options.evidently)];
const python = await installPeer('drift-alarms');
await mkdir(FOLDER, { recursive: true });
const file = join(FOLDER, 'windows.f64');
let version = '';
const lines: Line[] = [];
console.log(`${windows} seeded windows a line, 20 columns, baselines of ${BASELINE_ROWS} rows\n`);
console.log('  ours (attention)  PSI >= 0.2  Evidently  (half)    goal');
try {
  for (const rows of [200, 1000, 10_000]) {
    const called = await countCalled(rows, 0);
    add(`${rows} rows without drift: anything is called`, called, MOST_ALARMS, '<=');
  }
  const called = await countCalled(1000, SHIFT);
  add(`1000 rows, one column moved by ${SHIFT} of its deviation: it is found`, called, LEAST_FOUND, '>=');
} finally {
  await rm(file, { force: true });
}
await writeFile(join(workDirectory, 'bench/drift-alarms.json'), `${JSON.stringify(lines, null, 2)}\n`);
process.exitCode = lines.every(({ holds }) => holds) ? 0 : 1;

async function countCalled(rows: number, shift: number): Promise<Called> {
  const called: Called = { ours: 0, attention: 0, psi: 0, evidently: 0, half: 0, asked: 0 };
  const counts = (names: readonly string[]) => Number(shift === 0 ? names.length > 0 : names.includes('c0'));
  const random = seededRandom(`versions of ${rows} rows, shift ${shift}`);
  for (const { baseline, windows: drawn } of drawWindows(windows, rows, shift)) {
    const version = simulateVersion(random, baselineOf(baseline), drawColumns(random, TEST_ROWS));
    for (const window of drawn) {
      const { attention, inputs } = examineSimulated(random, version, window);
      const { drifted, shifted, light, columns } = inputs;
      const ringing = drifted.filter((column) => !light.includes(column));
      const others = shift === 0 ? attention.map(({ cause }) => cause) : [];
      called.ours += counts([...drifted, ...shifted, ...others]);
      called.attention += counts([...ringing, ...others]);
      called.psi += counts(
        columns.filter(({ psi }) => (psi ?? 0) >= DRIFTED_PSI).map(({ column }) => column),
      );
    }
    const asked = drawn.slice(0, Math.max(0, mostAsked - called.asked));
    called.asked += asked.length;
    for (const found of asked.length > 0 ? await evidently(baseline, asked, rows) : []) {
      called.evidently += counts(found.map((column) => `c${column}`));
      called.half += Number(found.length >= KINDS.length / 2);
    }
  }
  return called;
}

/** @returns the numbers of the columns that it calls, a window */
async function evidently(baseline: Columns, drawn: readonly Columns[], rows: number): Promise<number[][]> {
  const values = [baseline, ...drawn].flatMap((columns) => columns.flat());
  await writeFile(
    file,
    Float64Array.from(values, (value) => value ?? Number.NaN),
  );
  const input = JSON.stringify({
    file,
    kinds: KINDS,
    baselineRows: BASELINE_ROWS,
    rows,
    windows: drawn.length,
  });
  const answer = JSON.parse(await run(python, [join(root, 'bench/drift-alarms/peer.py')], { input }));
  version = answer.version;
  return answer.found;
}

function add(work: string, called: Called, goal: number, sign: '<=' | '>='): void {
  const share = (count: number, of = windows) => count / of;
  const ours = share(called.ours);
  // None at all is as many as half a window.
  const ratio = sign === '<=' ? goal / Math.max(ours, 0.5 / windows) : ours / goal;
  const line = { work, ours, unit: 'share of windows' as const, ratio, goal: 1 as const, holds: ratio >= 1 };
  lines.push(
    {
      ...line,
      peer: 'Evidently, any column',
      peerVersion: version,
      theirs: share(called.evidently, called.asked),
    },
    {
      ...line,
      peer: 'Evidently, half of the columns',
      peerVersion: version,
      theirs: share(called.half, called.asked),
    },
    { ...line, peer: 'PSI of any column >= 0.2', peerVersion: '', theirs: share(called.psi) },
  );
  const shown = [
    ...[called.ours, called.attention, called.psi].map((count) => share(count)),
    ...[called.evidently, called.half].map((count) => share(count, called.asked)),
  ].map((value, place) => value.toFixed(3).padStart([6, 12, 12, 11, 8][place] as number));
  console.log(`${shown.join('')}  ${sign} ${goal}  ${work}${ratio >= 1 ? '' : '  MISSED'}`);
}
