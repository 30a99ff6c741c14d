import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LeeboardError } from '#core/errors.ts';
import { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { count } from '#lib/commands/format.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { deployLocally, synthesize } from '../deploy-locally.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { installEngines } from '../engines/install-engines.ts';
import { workDirectory } from '../work-directory.ts';
import {
  dropData,
  dropLater,
  measureLatency,
  predict,
  predictAll,
  readApril,
  train,
  trainedRows,
  watch,
} from './flights-story.ts';
import { type RolledOut, tryBroken, watchRollout } from './rollout-story.ts';
import { replayTraffic, scoreFlights } from './serving-story.ts';
import { Storyteller } from './steps.ts';
import {
  againstChampion,
  describeOutcome,
  type Judged,
  refusalOf,
  searchBetterModel,
  tryHastyModel,
} from './training-story.ts';
import { startYear, tellYear } from './year/tell-year.ts';

const once = process.argv.includes('--once');
const year = process.argv.includes('--year');
const MODEL = flightsLate.name;

/**
 * `npm start`: the whole loop on this machine, told as it happens; then it stays up. `--once` stops instead; `--year`
 * tells of a year.
 */
async function main(): Promise<void> {
  if (year) return mainYear();
  console.log('\nLeeboard: from dropped files to watched predictions, on the real stacks.\n');
  const engines = await installEngines();
  const story = new Storyteller();
  const sources = synthesize();
  sources.catch(() => {}); // awaited below, where it belongs in the story
  const emulator = await story.step(
    'Start an AWS here',
    () => startEmulator({ engines }),
    ({ endpoint }) => endpoint,
  );
  stopOnSignal(emulator);
  try {
    await tell(story, emulator, sources);
  } finally {
    if (once || process.exitCode) await emulator.stop();
  }
}

async function mainYear(): Promise<void> {
  console.log('\nLeeboard: a year in minutes, with a loop that closes itself.\n');
  const story = new Storyteller();
  const emulator = await startYear(story);
  stopOnSignal(emulator);
  try {
    await tellYear(story, emulator, once);
  } finally {
    if (once || process.exitCode) await emulator.stop();
  }
}

async function tell(story: Storyteller, emulator: Emulator, sources: Promise<string>): Promise<void> {
  const deployment = await story.step(
    'Deploy the CDK stacks',
    () => deployLocally(emulator, sources),
    ({ reused, outputs }) =>
      reused ? 'as they were' : `platform and ${Object.keys(outputs.alarms).length} model`,
  );
  const client = new LeeboardClient(deployment.outputs);
  await story.step(
    'Drop weather and flights',
    () => dropData(client),
    ({ versions }) =>
      versions.map(({ dataset, version, rows }) => `${dataset}@${version} (${count(rows)} rows)`).join(', '),
  );
  const { version } = await story.step(
    'Train, judge, promote',
    () => train(client),
    ({ version: { version, metrics }, reused }) =>
      `${MODEL}@${version}${reused ? ', as it was' : ''}: AUC ${metrics?.auc?.toFixed(3)}, log loss ${metrics?.logLoss?.toFixed(3)} on ${count(metrics?.rows ?? 0)} unseen rows`,
  );
  const april = await story.step(
    'Read April',
    readApril,
    ({ rows }) => `${count(rows.length)} flights with their truth`,
  );
  await story.step(
    'First prediction',
    () => predict(client, april.rows.slice(0, 1)),
    ({ predictions, version }) =>
      `late with probability ${predictions[0]?.probability.toFixed(3)}, says version ${version}`,
  );
  const firstPredictionSeconds = story.seconds;
  const predicted = await story.step(
    'Predict April over HTTP',
    () => predictAll(client, april),
    ({ rows, auc, logLoss }) =>
      `${count(rows)} rows: AUC ${auc.toFixed(3)}, log loss ${logLoss.toFixed(3)} once truth is in`,
  );
  const watched = await story.step(
    'Watch the inputs',
    () => watch(client, predicted.rows),
    ({ psi, column, drifted, alarm }) =>
      `PSI ${psi.toFixed(2)} (${column}); ${drifted.length} columns drifted; alarm: ${alarm}`,
  );
  const latencyMs = await story.step(
    'Measure requests',
    () => measureLatency(client, april),
    ({ rows1, rows1000 }) => `1 row: ${rows1.p50} ms, 1,000 rows: ${rows1000.p50} ms (medians)`,
  );
  const hasty = await story.step(
    'Try a hasty model',
    () => tryHastyModel(client),
    (judged) => `${MODEL}@${judged.version.version} ${describeOutcome(judged)}`,
  );
  await story.step(
    'Drop May and June',
    () => dropLater(client),
    ({ versions }) => versions.map(({ dataset, version }) => `${dataset}@${version}`).join(', '),
  );
  const better = await story.step('Search a better one', () => searchBetterModel(client), describeBetter);
  const promoted = await story.step(
    'Let it answer some',
    () => watchRollout(client, better.version.version, april.rows),
    describePromoted,
  );
  const broken = await story.step(
    'Break a challenger',
    () => tryBroken(client, april.rows),
    ({ version: taken, seconds, reason }) =>
      `${MODEL}@${taken} is taken back by itself, ${seconds.toFixed(1)} s after its first answer: ${reason.split(';')[0]}`,
  );
  const batch = await story.step(
    'Score all flights',
    () => scoreFlights(client),
    ({ rows, chunks, datasetVersion, output }) =>
      `${count(rows)} rows of flights@${datasetVersion} in ${chunks} pieces, to ${output}`,
  );
  const replay = await story.step(
    'Replay the last hour',
    () => replayTraffic(client, hasty.version.version, story.seconds),
    ({ verdict }) => `with ${MODEL}@${hasty.version.version}: ${verdict[0]}`,
  );
  await deployment.remember();
  writeStory({
    firstPredictionSeconds,
    steps: story.steps,
    training: {
      version: version.version,
      datasets: version.datasets,
      rows: await trainedRows(client, version.version),
      testRows: version.metrics?.rows,
      auc: version.metrics?.auc,
      logLoss: version.metrics?.logLoss,
    },
    april: {
      ...predicted,
      psi: watched.psi,
      driftedColumns: watched.drifted,
      alarm: watched.alarm,
    },
    latencyMs,
    hasty: {
      status: hasty.run.status,
      version: hasty.version.version,
      ...againstChampion(hasty),
      because: refusalOf(hasty),
    },
    search: {
      status: better.run.status,
      version: better.version.version,
      trials: better.run.trials,
      auc: better.version.metrics?.auc,
      ...againstChampion(better),
    },
    rollout: {
      promoted: figuresOf(promoted),
      broken: { ...figuresOf(broken), seconds: broken.seconds, because: broken.reason },
    },
    batch: { batchId: batch.batchId, rows: batch.rows, chunks: batch.chunks },
    replay: { version: hasty.version.version, verdict: replay.verdict },
    reused: deployment.reused,
  });
  console.log(
    `\n  First prediction after ${firstPredictionSeconds.toFixed(1)} s. The figures: .leeboard/story.json\n`,
  );
  if (!once) {
    const { outputs } = deployment;
    console.log(`  AWS endpoint   ${outputs.endpoint}   (key and secret: test)`);
    console.log(`  API            ${outputs.apiUrl}/v1/models`);
    console.log(`  Drop files     s3://${outputs.incomingBucket}/incoming/<dataset>/`);
    console.log('  Try            npx leeboard status');
    console.log(
      '                 npx leeboard drop examples/nycflights13/flights-2013-04.parquet --dataset flights',
    );
    console.log('                 npx leeboard train flights-late\n\n  It stays up until Ctrl-C.\n');
  }
}

function describeBetter(judged: Judged): string {
  const { run, version } = judged;
  const { completed = 0, pruned = 0, failed = 0 } = run.trials ?? {};
  const losses = againstChampion(judged);
  const gain = losses
    ? `: log loss ${losses.challenger.toFixed(3)} against the champion's ${losses.champion.toFixed(3)}`
    : '';
  const trials = `${completed + pruned + failed} trials (${pruned} stopped early)`;
  return `${trials}, ${MODEL}@${version.version} ${describeOutcome(judged)}${gain} on the newest ${count(version.metrics?.rows ?? 0)} rows`;
}

function describePromoted({ version, end, reason, answered }: RolledOut): string {
  if (end === 'rollback') return `${MODEL}@${version} is taken back: ${reason}`;
  const { requests, failed, byVersion } = answered;
  if (requests === 0) return `${MODEL}@${version} is champion, as it was`;
  return `${MODEL}@${version} answers 10 %, 50 %, then all: ${byVersion.get(version) ?? 0} of ${requests} requests, ${failed} failed`;
}

function figuresOf({ version, end, answered }: RolledOut): object {
  const { requests, failed, byVersion } = answered;
  return { version, end, requests, failed, byVersion: Object.fromEntries(byVersion) };
}

function writeStory(figures: object): void {
  const file = join(workDirectory, 'story.json');
  writeFileSync(`${file}.tmp`, `${JSON.stringify(figures, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
}

/** Ctrl-C saves the state and leaves nothing running. */
function stopOnSignal(emulator: Emulator): void {
  const keepAlive = setInterval(() => {}, 60_000);
  if (once) clearInterval(keepAlive);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      console.log('\n  Stopping ...');
      await emulator.stop();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
}

main().catch((error: unknown) => {
  console.error(
    `\n  The story ends here. ${error instanceof LeeboardError ? `${error.name}: ${error.message}` : (error as Error).stack}\n`,
  );
  process.exit(1);
});
