import { beforeAll, describe, expect, it } from 'vitest';
import { judgeGates } from '#core/evaluate/index.ts';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { RunDetails } from '#lib/client/answers.ts';
import { loadBundle } from '#lib/pipelines/load-bundle.ts';
import { client, store } from './deployment.ts';
import { accept, asCsv } from './orders.ts';
import { runToEnd } from './training.ts';

const MODEL = 'claims-paid';
const ROWS = 6000;

interface Claim {
  readonly claim: string;
  readonly at: string;
  readonly amount: number;
  readonly age: number;
  readonly shop: string;
  readonly paid: boolean;
}

/** A month of claims: low amounts are paid more often, and so are old customers and well rated shops. */
function claims(month: number): Claim[] {
  const random = seededRandom(`claims ${month}`);
  return Array.from({ length: ROWS }, (_, row) => {
    const [amount, age, shop] = [random.normal(), random.normal(), random.integer(0, 9)];
    const odds = -2.5 * amount + 0.9 * age + (shop - 4.5) / 5;
    return {
      claim: `${month}-${row}`,
      at: new Date(Date.UTC(2026, month, 1, 0, row * 5)).toISOString(),
      amount: Number(amount.toFixed(4)),
      age: Number(age.toFixed(4)),
      shop: `S${shop}`,
      paid: random.uniform() < 1 / (1 + Math.exp(-odds)),
    };
  });
}

async function trainOn(rows: readonly Claim[]): Promise<RunDetails> {
  await accept('claims', asCsv(rows));
  return runToEnd(MODEL);
}

let champion: number;
beforeAll(async () => {
  await accept('shops', asCsv(Array.from({ length: 10 }, (_, shop) => ({ shop: `S${shop}`, rating: shop }))));
  const run = await trainOn(claims(0));
  expect(run).toMatchObject({ status: 'succeeded' });
  champion = run.version as number;
});

const ACCIDENTS: [
  what: string,
  gates: string[],
  sentence: RegExp,
  happen: (rows: Claim[], random: Random) => Claim[],
][] = [
  [
    'a column that is the label in disguise',
    ['data.leakage'],
    /^age alone ranks the labels at 0\.99\d* of 1, 0\.98 or above/,
    (rows, random) => rows.map((row) => ({ ...row, age: (row.paid ? 1 : -1) + 0.5 * random.normal() })),
  ],
  [
    'labels that were shuffled',
    ['baseline'],
    /of the naive baseline .*not surely better/,
    (rows, random) => {
      const labels = rows.map(({ paid }) => paid);
      return rows.map((row) => ({
        ...row,
        paid: labels.splice(random.integer(0, labels.length - 1), 1)[0] as boolean,
      }));
    },
  ],
  [
    'a join whose other side is written differently',
    // Whatever comes from there is missing, then.
    ['data.joined', 'data.missing'],
    /% of the \w+ rows find their partner in shops, below the gate's minimum/,
    (rows) => rows.map((row) => ({ ...row, shop: row.shop.toLowerCase() })),
  ],
  [
    'a column whose sign turned over with the newest rows',
    ['data.inverted'],
    /^age has turned over/,
    (rows) => rows.map((row, index) => (index < ROWS * 0.85 ? row : { ...row, age: -row.age })),
  ],
];

describe.each(ACCIDENTS)('%s', (_, gates, sentence, happen) => {
  let run: RunDetails;
  beforeAll(async () => {
    run = await trainOn(happen(claims(1), seededRandom(gates.join())));
  });

  it('is stopped by the gate that is meant for it, which says why', async () => {
    expect(run.status).toBe('refused');
    const said = run.verdict?.filter((found) => sentence.test(found));
    expect(said).toHaveLength(1);
    const { bundle, evaluation } = await client.version(MODEL, run.version as number);
    const spec = await client.stored<ModelSpec>(bundle.files['spec.json']);
    const failed = judgeGates(spec.gates, evaluation).checks.filter(({ passed }) => !passed);
    expect([...new Set(failed.map((check) => check.gate))]).toEqual(gates);
    expect(failed.find((check) => check.gate === gates[0])?.sentence).toBe(said?.[0]);
  });

  it('leaves bundle and evaluation for reading, and the champion where it is', async () => {
    const version = await client.version(MODEL, run.version as number);
    expect(version).toMatchObject({ status: 'refused', verdict: run.verdict });
    expect(version.evaluation.test.rows).toBe(run.metrics?.rows);
    const { manifest } = await loadBundle(store, version.manifest as NonNullable<typeof version.manifest>);
    expect(manifest).toEqual(version.bundle);
    expect((await client.model(MODEL)).champion).toBe(champion);
    const answer = await client.predict(MODEL, [{ amount: -1, age: 1, rating: 5 }]);
    expect(answer.version).toBe(champion);
  });
});
