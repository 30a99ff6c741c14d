import { beforeAll, describe, expect, it } from 'vitest';
import { judgeGates } from '#core/evaluate/index.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import { number } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { GatesSpec } from '#core/spec/gates.ts';
import { defineModel, linear, type ModelInput, type ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { type FlightsToLearn, type JudgedVersion, judgeOnFlights } from '#test/support/judge-on-flights.ts';
import { flightsLate } from '../../models/flights-late.ts';

const months = [1, 2, 3];

const variant = (changes: Partial<Record<keyof ModelInput, unknown>>): ModelSpec =>
  defineModel({ ...(flightsLate as unknown as ModelInput), ...changes } as ModelInput);

const sliced = { ...flightsLate.gates, slices: ['origin'] };
let clean: JudgedVersion;
beforeAll(async () => {
  clean = await judgeOnFlights({ model: variant({ gates: sliced }), months });
});

/** The sentences of the default gates that a version on January to March fails, by gate. */
async function refusals(request: Partial<FlightsToLearn> = {}): Promise<[gate: string, sentence: string][]> {
  const { evaluation } = await judgeOnFlights({ model: flightsLate, months, ...request });
  return failedOf(evaluation);
}

function failedOf(evaluation: VersionEvaluation, gates: unknown = {}): [gate: string, sentence: string][] {
  const { checks } = judgeGates(GatesSpec.parse(gates), evaluation);
  return checks.filter(({ passed }) => !passed).map(({ gate, sentence }) => [gate, sentence]);
}

const metricOf = ({ test: { metrics } }: VersionEvaluation, name: string) =>
  (metrics as Readonly<Record<string, Estimate>>)[name]?.value;

describe('the default gates', () => {
  it('pass flights as they are, whose bundle answers what was judged', () => {
    const { evaluation } = clean;
    expect(failedOf(evaluation)).toEqual([]);
    expect(failedOf(evaluation, sliced)).toEqual([]);
    expect(evaluation.slices[0]?.against).toBe('baseline');
    const { rows } = evaluation.test;
    expect(rows).toBeGreaterThan(10_000);
    expect(evaluation.parity).toEqual({ rows, features: 16 });
    expect(evaluation.load).toEqual({ rows, maxDifference: 0 });
    expect(evaluation.joins).toEqual([{ dataset: 'weather', matched: { train: 1, validation: 1, test: 1 } }]);
    expect(evaluation.serving.medianMs).toBeGreaterThan(0);
    expect(evaluation.serving.p99Ms).toBeGreaterThanOrEqual(evaluation.serving.medianMs);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  });

  it('stop a leaked label, and nothing else about it', async () => {
    const from = defineDataset({
      ...flightsLate.from,
      columns: { ...flightsLate.from.columns, refund: number({ nullable: 0.2 }) },
    } as never);
    const failed = await refusals({
      model: variant({ from, features: { ...flightsLate.features, refund: 'refund' } }),
      // Known when the flight has landed late; the hash stands for what else a refund depends on.
      flights: 'SELECT *, greatest(arr_delay, 0) * 2 + hash(flight, time_hour) % 20 AS refund FROM source',
    });
    expect(failed).toEqual([
      ['data.leakage', expect.stringMatching(/^refund alone ranks the labels at 0\.99/)],
    ]);
  });

  it('stop shuffled labels, and nothing else about them', async () => {
    const failed = await refusals({
      flights: `, numbered AS (
          SELECT *, row_number() OVER (ORDER BY time_hour, carrier, flight, origin) AS place,
            row_number() OVER (ORDER BY hash(time_hour, carrier, flight, origin)) AS other FROM source
        ) SELECT a.* EXCLUDE (place, other) REPLACE (b.arr_delay AS arr_delay)
          FROM numbered a JOIN numbered b ON a.place = b.other`,
    });
    expect(failed).toEqual([
      [
        'baseline',
        expect.stringMatching(
          /^log loss 0\.\d+ against 0\.\d+ of the naive baseline \(prior\): not surely better/,
        ),
      ],
    ]);
  });

  it('stop a broken join, and nothing else about it', async () => {
    const failed = await refusals({
      weather: `SELECT * REPLACE (CASE WHEN origin = 'JFK' THEN origin ELSE lower(origin) END AS origin) FROM source`,
    });
    expect(failed).toEqual([
      [
        'data.joined',
        expect.stringMatching(/^3\d\.\d+ % of the \w+ rows find their partner in weather, below/),
      ],
    ]);
  });

  it('stop a feature that has turned over in the newest rows, and nothing else about it', async () => {
    const failed = await refusals({
      flights: `SELECT * EXCLUDE (newest) REPLACE (
          CASE WHEN time_hour >= newest THEN 2359 - sched_arr_time ELSE sched_arr_time END AS sched_arr_time)
        FROM source, (SELECT quantile_disc(time_hour, 0.85) AS newest FROM source WHERE arr_delay IS NOT NULL)`,
    });
    expect(failed).toEqual([
      [
        'data.inverted',
        expect.stringMatching(
          /^arrival has turned over: it ranks the labels at 0\.5\d+ in training and at 0\.[34]/,
        ),
      ],
    ]);
  });
});

describe('a version', () => {
  it('that is worse for one airport is stopped by the slice, whatever the mean says', async () => {
    // LaGuardia's labels of the past are turned round; those of the test rows are as they were.
    const { evaluation } = await judgeOnFlights({
      model: variant({ gates: sliced }),
      months,
      champion: clean.champion,
      flights: `SELECT * EXCLUDE (newest) REPLACE (
          CASE WHEN origin = 'LGA' AND time_hour < newest THEN 20 - arr_delay ELSE arr_delay END AS arr_delay)
        FROM source, (SELECT quantile_disc(time_hour, 0.85) AS newest FROM source WHERE arr_delay IS NOT NULL)`,
    });
    const failed = failedOf(evaluation, sliced).filter(([gate]) => gate === 'slices[0]');
    expect(failed).toEqual([
      [
        'slices[0]',
        expect.stringMatching(
          /^slice origin = LGA: log loss [\d.]+ against the champion's [\d.]+ on [\d,]+ rows, more than 5 % worse with more than 99.99 % confidence$/,
        ),
      ],
    ]);
  });

  it('of a number is judged by its own loss, against the best naive rule', async () => {
    const model = variant({
      task: 'regression',
      label: 'arr_delay',
      algorithm: linear(),
      gates: { slices: ['origin'] },
    });
    const { evaluation } = await judgeOnFlights({ model, months: [1] });
    expect(evaluation).toMatchObject({ task: 'regression', metric: 'mse' });
    const { naive, test } = evaluation;
    expect(naive.comparison).toMatchObject({ metric: 'mse', challenger: metricOf(evaluation, 'mse') });
    expect(['mean', 'median', 'last']).toContain(naive.rule);
    expect(evaluation.slices[0]?.groups.map(({ group }) => group).sort()).toEqual(['EWR', 'JFK', 'LGA']);
    expect(evaluation.load.rows).toBe(test.rows);
  });

  it('of classes is compared with a champion that knows others', async () => {
    const model = variant({
      task: 'multiclass',
      label: 'origin',
      algorithm: linear(),
      available: { ...flightsLate.available, origin: 'after' },
      features: { carrier: { kind: 'categorical', expression: 'carrier' }, distance: 'distance' },
      gates: { champion: { metric: 'logLoss', margin: 0.01 } },
    });
    const before = await judgeOnFlights({
      model,
      months: [1],
      flights: `SELECT * REPLACE (CASE WHEN origin = 'LGA' THEN 'SWF' ELSE origin END AS origin) FROM source`,
      weather: `SELECT * FROM source UNION ALL SELECT * REPLACE ('SWF' AS origin) FROM source WHERE origin = 'LGA'`,
    });
    const { evaluation } = await judgeOnFlights({ model, months: [1], champion: before.champion });
    const compared = evaluation.champion?.nonInferiority;
    // What the champion cannot say costs it all: -ln(1e-15) for each flight from LaGuardia.
    expect(compared?.champion).toBeGreaterThan(5);
    expect(compared?.challenger).toBe(metricOf(evaluation, 'logLoss'));
    expect(compared?.holds).toBe(true);
  });
});
