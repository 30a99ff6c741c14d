import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { InvalidInputError, NotFoundError } from '#core/errors.ts';
import type { Row } from '#core/expression/index.ts';
import type { BinaryPrediction, LoggedPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import { isCanary } from '#core/serve/assign-variant.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { answerer } from '#lib/pipelines/answer-rows.ts';
import type { LoadedVersion } from '#lib/pipelines/bundle-cache.ts';
import { ServedTally } from '#lib/pipelines/served-tally.ts';
import { SumPredictor, signature } from '#test/support/bundle.ts';
import { MODEL, Production } from '#test/support/production.ts';

let warn: Mock<typeof console.warn>;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});

/** A model in production with an answerer, whose log is kept. */
class Answering extends Production {
  readonly log: LoggedPrediction[] = [];
  ids = 0;
  inFlight = 0;
  readonly answerer = answerer({
    model: MODEL,
    holder: this.holder,
    log: { append: async (rows) => void this.log.push(...rows) },
    tally: new ServedTally(MODEL, this.registry, this.timer),
    usage: {
      begin: () => {
        this.inFlight++;
        return () => {
          this.inFlight--;
        };
      },
    },
    timer: this.timer,
    now: () => 1_700_000_000_000,
    random: () => Uint8Array.from({ length: 10 }, (_, index) => (this.ids++ * 31 + index * 7) % 256),
  });

  async ask(rows: readonly object[], request = {}): Promise<PredictionAnswer<BinaryPrediction>> {
    const { answer } = await this.answerer.answer((wanted) => parseRows(wanted, { rows }), request);
    return answer as PredictionAnswer<BinaryPrediction>;
  }

  /** What the stage of the challenger has counted. */
  async counted(version = 2) {
    await this.timer.pass(2000);
    return this.registry.served(MODEL, { rollout: `r${version}`, stageIndex: 0 });
  }
}

/** Predictors whose margin is the sum of the features and a number of their own, so that it tells who answered. */
class Shifted extends SumPredictor {
  readonly #by: number;
  constructor(by: number) {
    super(signature.features.length);
    this.#by = by;
  }
  override margins(features: Parameters<SumPredictor['margins']>[0]): Float32Array {
    return super.margins(features).map((margin) => margin + this.#by);
  }
}

class Failing extends SumPredictor {
  override margins(): Float32Array {
    throw new Error('broken');
  }
}

const trip = (id: number, km = 1): Row => ({
  id,
  at: '2013-01-01T08:00:00Z',
  city: 'north',
  kind: 'day',
  km,
  express: true,
});

/** Version 1 is champion, version 2 is being tried. */
async function trying(stage: { kind: 'shadow' } | { kind: 'canary'; percent: number }, stickTo?: string) {
  const production = new Answering();
  production.predictors['model of b'] = () => new Shifted(1000);
  await production.promote('a');
  await production.beginRollout(await production.approve('b'), stage, stickTo);
  return production;
}

/** Who answered each row, by what the rows say. */
const byRow = ({ version, predictions }: PredictionAnswer) =>
  predictions.map((prediction) => prediction.version ?? version);
/** Who answered each row, by the margins. */
const byMargin = ({ predictions }: PredictionAnswer<BinaryPrediction>) =>
  predictions.map(({ margin }) => (margin >= 500 ? 2 : 1));

describe('the champion alone', () => {
  it('answers every row in its order and logs it once, with the name that the caller gave the request', async () => {
    const production = new Answering();
    await production.promote('a');
    const answer = await production.ask([trip(1, 1), trip(2, 2)], { requestId: 'mine' });
    expect(answer).toMatchObject({ model: MODEL, version: 1 });
    expect((answer.predictions[1]?.margin ?? 0) - (answer.predictions[0]?.margin ?? 0)).toBe(1);
    expect(
      production.log.map(({ id, version, variant, requestId }) => [id, version, variant, requestId]),
    ).toEqual([
      [`${answer.predictionId}#0`, 1, 'champion', 'mine'],
      [`${answer.predictionId}#1`, 1, 'champion', 'mine'],
    ]);
    expect(production.inFlight).toBe(0);
  });

  it('is answered word for word as without any rollout', async () => {
    const production = new Answering();
    await production.promote('a');
    const { predictions, ...rest } = await production.ask([trip(1)]);
    expect(Object.keys(rest)).toEqual(['predictionId', 'model', 'version']);
    expect(Object.keys(predictions[0] ?? {})).toEqual(['probability', 'margin', 'positive']);
  });

  it('is counted nowhere: there is nobody to compare it with', async () => {
    const production = new Answering();
    await production.promote('a');
    const added = vi.spyOn(production.registry, 'addServed');
    await production.ask([trip(1)]);
    await production.timer.pass(5000);
    expect(added).not.toHaveBeenCalled();
  });

  it('hands its failure on, and no request stays in flight', async () => {
    const production = new Answering();
    production.predictors['model of a'] = () => {
      throw new Error('broken');
    };
    await production.promote('a');
    await expect(production.ask([trip(1)])).rejects.toThrow('broken');
    expect([production.inFlight, production.log]).toEqual([0, []]);
  });
});

describe('a version that is asked for', () => {
  it('answers alone, is logged as such, and is counted for no rollout', async () => {
    const production = await trying({ kind: 'canary', percent: 99 });
    const answer = await production.ask([trip(1), trip(2)], { version: 1 });
    expect([byRow(answer), byMargin(answer)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(production.log.map(({ variant }) => variant)).toEqual(['pinned', 'pinned']);
    expect(await production.counted()).toMatchObject({
      champion: { requests: 0 },
      candidate: { requests: 0 },
    });
  });

  it('must exist', async () => {
    const production = await trying({ kind: 'shadow' });
    await expect(production.ask([trip(1)], { version: 3 })).rejects.toThrow(NotFoundError);
  });

  it('is described with what its requests bring', async () => {
    const production = await trying({ kind: 'shadow' });
    expect(await production.answerer.describe()).toEqual({ version: 1, signature });
    expect(await production.answerer.describe(2)).toEqual({ version: 2, signature });
  });
});

describe('a canary', () => {
  it('answers whole requests by their prediction ids, as many as its share', async () => {
    const production = await trying({ kind: 'canary', percent: 50 });
    const rollout = (await production.registry.deployment(MODEL))?.rollout;
    let canaries = 0;
    for (let request = 0; request < 60; request++) {
      const answer = await production.ask([trip(1), trip(2)]);
      const expected = rollout && isCanary(rollout, answer.predictionId) ? 2 : 1;
      expect(answer.version).toBe(expected);
      expect(byMargin(answer)).toEqual([expected, expected]);
      expect(answer.predictions.every((prediction) => !('version' in prediction))).toBe(true);
      canaries += Number(expected === 2);
    }
    expect(canaries).toBeGreaterThan(10);
    expect(canaries).toBeLessThan(50);
    const { champion, candidate } = await production.counted();
    expect([champion.requests, candidate.requests]).toEqual([60 - canaries, canaries]);
    expect([champion.rows, candidate.rows]).toEqual([2 * (60 - canaries), 2 * canaries]);
    expect([candidate.scores[19], candidate.errors]).toEqual([2 * canaries, 0]);
  });

  it('answers each row once, in its order, by whom the value sticks to; rows of the challenger say so', async () => {
    const rows = fc.array(
      fc.record({ id: fc.integer({ min: 1, max: 30 }), km: fc.integer({ min: 0, max: 100 }) }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    const percent = fc.integer({ min: 1, max: 99 });
    await fc.assert(
      fc.asyncProperty(rows, percent, async (sent, share) => {
        const production = await trying({ kind: 'canary', percent: share }, 'id');
        const rollout = (await production.registry.deployment(MODEL))?.rollout;
        const answer = await production.ask(sent.map(({ id, km }) => trip(id, km)));
        const expected = sent.map(({ id }) => (rollout && isCanary(rollout, String(id)) ? 2 : 1));
        expect(byRow(answer)).toEqual(expected);
        expect(byMargin(answer)).toEqual(expected);
        const alone = new Answering();
        await alone.promote('a');
        const { predictions: base } = await alone.ask(sent.map(({ id, km }) => trip(id, km)));
        answer.predictions.forEach(({ margin }, index) => {
          const shift = expected[index] === 2 ? 1000 : 0;
          expect(margin).toBe(Math.fround((base[index]?.margin ?? 0) + shift));
        });
        expect(production.log.map(({ id, version, variant }) => [id, version, variant])).toEqual(
          expected.map((version, index) => [
            `${answer.predictionId}#${index}`,
            version,
            version === 2 ? 'canary' : 'champion',
          ]),
        );
        const { champion, candidate } = await production.counted();
        expect([champion.rows, candidate.rows]).toEqual(
          [1, 2].map((v) => expected.filter((by) => by === v).length),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is timed by the requests of which one entity decides: of divided ones each scores a part', async () => {
    const production = await trying({ kind: 'canary', percent: 50 }, 'id');
    for (let id = 1; id <= 20; id++) await production.ask([trip(id), trip(id)]);
    await production.ask(Array.from({ length: 20 }, (_, index) => trip(index + 1)));
    const { champion, candidate } = await production.counted();
    const timed = [champion, candidate].map(({ latency }) => latency.reduce((sum, count) => sum + count));
    expect([champion.requests + candidate.requests, (timed[0] ?? 0) + (timed[1] ?? 0)]).toEqual([22, 20]);
  });

  it('sticks to nothing where the champion does not read the column: its share stays its share', async () => {
    const production = await trying({ kind: 'canary', percent: 50 }, 'delay');
    const answers = [];
    for (let request = 0; request < 40; request++) answers.push(await production.ask([trip(1)]));
    const canaries = answers.filter(({ version }) => version === 2).length;
    expect(canaries).toBeGreaterThan(5);
    expect(canaries).toBeLessThan(35);
  });

  it('is one and the same for all rows that lack the value', async () => {
    const production = await trying({ kind: 'canary', percent: 50 }, 'km');
    const answer = await production.ask([1, 2, 3, 4].map((id) => ({ ...trip(id), km: null })));
    expect(new Set(byRow(answer)).size).toBe(1);
  });

  it.each<[string, () => SumPredictor]>([
    [
      'throws',
      () =>
        Object.assign(new Shifted(0), {
          scores: () => {
            throw new Error('bad tree');
          },
        }),
    ],
    ['gives no numbers', () => new Shifted(Number.NaN)],
    ['gives infinite scores', () => new Shifted(Number.POSITIVE_INFINITY)],
    ['gives too few scores', () => Object.assign(new Shifted(0), { scores: () => new Float32Array(0) })],
  ])('that %s is not noticed by the caller, but counted', async (_, predictor) => {
    const production = await trying({ kind: 'canary', percent: 99 }, 'id');
    production.predictors['model of b'] = predictor;
    const answer = await production.ask([1, 2, 3, 4, 5, 6].map((id) => trip(id)));
    expect(byRow(answer)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(answer.predictions.every(({ probability }) => Number.isFinite(probability))).toBe(true);
    expect(production.log.map(({ variant }) => variant)).toEqual(new Array(6).fill('champion'));
    const { champion, candidate } = await production.counted();
    expect(candidate).toMatchObject({ requests: 1, errors: 1, rows: 0 });
    expect(champion).toMatchObject({ requests: 1, errors: 0, rows: 6 });
  });

  it('whose bundle does not load is not noticed by the caller, but counted', async () => {
    const production = await trying({ kind: 'canary', percent: 99 }, 'id');
    production.predictors['model of b'] = () => {
      throw new Error('no model');
    };
    expect(byRow(await production.ask([trip(1), trip(2), trip(3)]))).toEqual([1, 1, 1]);
    expect((await production.counted()).candidate).toMatchObject({ requests: 1, errors: 1 });
    expect(warn.mock.calls.map(([line]) => JSON.parse(line).cause)).toContain('UnusableVersionError');
  });

  it('beside a champion that fails: the caller hears of that, and it counts against the champion', async () => {
    const production = await trying({ kind: 'shadow' });
    production.predictors['model of a'] = () => new Failing(signature.features.length);
    await expect(production.ask([trip(1)])).rejects.toThrow('broken');
    expect((await production.counted()).champion).toMatchObject({ requests: 1, errors: 1 });
  });

  it('that refuses rows which the champion takes is not noticed by the caller, but counted', async () => {
    const production = await trying({ kind: 'canary', percent: 99 }, 'id');
    let asked = 0;
    const parse = (wanted: typeof signature) => {
      if (asked++ > 0)
        throw new InvalidInputError([{ field: 'rows[0].new', expected: 'a number', got: 'nothing' }]);
      return parseRows(wanted, { rows: [trip(1), trip(2), trip(3)] });
    };
    const { answer } = await production.answerer.answer(parse);
    expect([asked, byRow(answer)]).toEqual([2, [1, 1, 1]]);
    expect((await production.counted()).candidate).toMatchObject({ requests: 1, errors: 1 });
  });

  it('answers nothing that the champion refuses', async () => {
    const production = await trying({ kind: 'canary', percent: 99 });
    await expect(production.ask([{ id: 'x' }])).rejects.toThrow(InvalidInputError);
    expect((await production.counted()).candidate).toMatchObject({ requests: 0 });
  });
});

describe('a shadow', () => {
  it('scores every row and never answers; what it said is logged beside', async () => {
    const production = await trying({ kind: 'shadow' });
    const answer = await production.ask([trip(1), trip(2)]);
    expect([byRow(answer), byMargin(answer)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(production.log.map(({ id, version, variant }) => [id, version, variant])).toEqual([
      [`${answer.predictionId}#0`, 1, 'champion'],
      [`${answer.predictionId}#1`, 1, 'champion'],
      [`${answer.predictionId}#0~shadow`, 2, 'shadow'],
      [`${answer.predictionId}#1~shadow`, 2, 'shadow'],
    ]);
    expect(await production.counted()).toMatchObject({
      champion: { requests: 1, rows: 2 },
      candidate: { requests: 1, rows: 2, errors: 0 },
    });
  });

  it('that knows one class more is counted by the places of the champion, the new class last', async () => {
    const production = await trying({ kind: 'shadow' });
    const tells = (version: LoadedVersion, classes: string[], label: string): LoadedVersion => ({
      ...version,
      signature: { ...version.signature, classes },
      score: (rows) => rows.map(() => ({ label, probabilities: { [label]: 1 } })),
    });
    const deployed = production.holder.deployed.bind(production.holder);
    for (const [index, label] of ['c', 'a'].entries()) {
      production.holder.deployed = (use) =>
        deployed(({ champion, candidate, ...rollout }) =>
          use({
            ...rollout,
            champion: tells(champion, ['b', 'c'], 'c'),
            ...(candidate && { candidate: tells(candidate, ['a', 'b', 'c'], label) }),
          }),
        );
      await production.ask([trip(1)]);
      const { champion, candidate } = await production.counted();
      expect([champion.scores[1], candidate.scores[1], candidate.scores[19]]).toEqual([index + 1, 1, index]);
    }
  });

  it('that fails is counted and leaves no row in the log', async () => {
    const production = await trying({ kind: 'shadow' });
    production.predictors['model of b'] = () => new Shifted(Number.NaN);
    await production.ask([trip(1)]);
    expect(production.log.map(({ variant }) => variant)).toEqual(['champion']);
    expect((await production.counted()).candidate).toMatchObject({ requests: 1, errors: 1 });
  });
});
