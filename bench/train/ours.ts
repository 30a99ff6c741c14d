/** From a Parquet file to a saved model, by the reader and the trainer that the product runs. Prints what it cost as JSON. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { openWorkerTrainer } from '#adapters/xgboost/worker-trainer.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { TrainCost, TrainPlan } from './plan.ts';

const [planJson = '', libxgboost = '', spillDirectory = ''] = process.argv.slice(2);
const plan: TrainPlan = JSON.parse(planJson);

async function train(): Promise<TrainCost> {
  const roundsDone: number[] = [];
  const start = performance.now();
  const { train: set } = await openDuckDbReader(spillDirectory).readSets(plan.data, signature());
  const trainer = openWorkerTrainer(libxgboost, new URL('train-worker.js', import.meta.url));
  const { rows, values, labels } = set;
  const { features, rounds, maxDepth, learningRate, threads, seed } = plan;
  const trained = await trainer.train(
    {
      train: { features: { rows, columns: features.length, values }, labels },
      features: features.map((name) => ({ name })),
      parameters: { objective: 'binary:logistic', rounds, maxDepth, learningRate, threads, seed },
    },
    () => roundsDone.push(performance.now()),
  );
  await writeFile(plan.model, trained.model);
  const saved = performance.now();
  const { user, system } = process.cpuUsage();
  return {
    cpu: (user + system) / 1e6,
    loop: ((roundsDone.at(-1) as number) - (roundsDone[0] as number)) / 1000,
    total: (saved - start) / 1000,
    peakMb: Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024,
    version: trained.libraryVersion,
  };
}

function signature(): Signature {
  return {
    format: 1,
    model: 'bench',
    task: 'binary',
    inputs: [],
    carried: [],
    key: [],
    ignored: [],
    features: plan.features.map((name) => ({ name, kind: 'number', expression: name })),
    label: plan.label,
  };
}

console.log(JSON.stringify(await train()));
