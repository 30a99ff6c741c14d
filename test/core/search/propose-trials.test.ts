import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParameterSpace, proposeTrials, type Trial, type TrialResult } from '#core/search/index.ts';
import { completed, failed, result } from '#test/fixtures/search/results.ts';

const samplers = ['random', 'tpe'] as const;

const space = {
  candidates: {
    xgboost: {
      learningRate: { kind: 'float', low: 0.02, high: 0.3, log: true },
      maxDepth: { kind: 'int', low: 2, high: 10 },
      grow: { kind: 'choice', options: ['depth', 'loss', true, 3] },
    },
    linear: { l2: { kind: 'float', low: 1e-4, high: 1e4, log: true } },
  },
} as const;
const request = {
  space,
  sampler: 'tpe',
  direction: 'maximize',
  seed: 1,
  count: 4,
  history: [],
  first: [],
} as const;

const parameterSpace: fc.Arbitrary<ParameterSpace> = fc.oneof(
  fc
    .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e6, noNaN: true }))
    .map(([low, width]) => ({ kind: 'float', low, high: low + width }) as const),
  fc
    .tuple(fc.double({ min: 1e-6, max: 1e3, noNaN: true }), fc.double({ min: 1, max: 1e6, noNaN: true }))
    .map(([low, ratio]) => ({ kind: 'float', low, high: low * ratio, log: true }) as const),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(100), fc.integer({ min: 1, max: 7 }))
    .map(([low, width, step]) => ({ kind: 'int', low, high: low + width, step }) as const),
  fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.nat(1000))
    .map(([low, width]) => ({ kind: 'int', low, high: low + width, log: true }) as const),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minLength: 1, maxLength: 5 })
    .map((options) => ({ kind: 'choice', options }) as const),
);

/** Finished trials with values that the seed gives, some of them pruned or failed. */
function history(sampler: 'random' | 'tpe', trials: number, seed = 1): TrialResult[] {
  const proposed = proposeTrials({ ...request, sampler: 'random', seed, count: trials });
  return proposed.map((trial) => {
    const value = Math.sin(1000 * (trial.number + seed));
    if (trial.number % 7 === 3) return { ...trial, status: 'failed', value: null, error: sampler };
    if (trial.number % 5 === 4) return { ...trial, status: 'pruned', value, curve: [[trial.number, value]] };
    return completed(trial, value);
  });
}

describe.each(samplers)('%s search', (sampler) => {
  it('proposes values of the space alone, whatever the space and the results', () => {
    const holds = (spec: ParameterSpace, value: unknown) => {
      if (spec.kind === 'choice') return spec.options.includes(value as never);
      if (typeof value !== 'number' || value < spec.low || value > spec.high) return false;
      if (spec.kind === 'float') return true;
      return Number.isInteger(value) && (spec.log || (value - spec.low) % (spec.step ?? 1) === 0);
    };
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), parameterSpace, { maxKeys: 4 }),
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 10, maxLength: 14 }),
        fc.nat(),
        (spaces, values, seed) => {
          const one = { ...request, sampler, seed, space: { candidates: { xgboost: spaces } } };
          const seen = proposeTrials({ ...one, count: values.length }).map((trial, index) =>
            completed(trial, values[index] as number),
          );
          for (const trial of [...seen, ...proposeTrials({ ...one, history: seen })]) {
            expect(Object.keys(trial.parameters).sort()).toEqual(Object.keys(spaces).sort());
            for (const [name, value] of Object.entries(trial.parameters)) {
              expect(holds(spaces[name] as ParameterSpace, value)).toBe(true);
            }
          }
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  it('proposes the same trials for the same space, seed and results, in whatever order the results come', () => {
    const seen = history(sampler, 17);
    const trials = proposeTrials({ ...request, sampler, history: seen });
    fc.assert(
      fc.property(fc.shuffledSubarray(seen, { minLength: seen.length }), (shuffled) => {
        expect(proposeTrials({ ...request, sampler, history: shuffled })).toEqual(trials);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('proposes a parameter by its name, not by its place in the space', () => {
    const turned = {
      candidates: Object.fromEntries(
        Object.entries(space.candidates)
          .reverse()
          .map(([name, spaces]) => [name, Object.fromEntries(Object.entries(spaces).reverse())]),
      ),
    };
    const seen = history(sampler, 17);
    const trials = proposeTrials({ ...request, sampler, history: seen });
    expect(proposeTrials({ ...request, sampler, history: seen, space: turned })).toEqual(trials);
  });

  it('proposes other trials for another seed', () => {
    const trials = proposeTrials({ ...request, sampler });
    expect(proposeTrials({ ...request, sampler, seed: 2 })).not.toEqual(trials);
  });

  it('tries the settings that come first before it draws any, also across batches', () => {
    const first = ['a', 'b', 'c'].map((grow) => ({ candidate: 'xgboost', parameters: { grow } }));
    const [one, two] = proposeTrials({ ...request, sampler, first, count: 2 }) as [Trial, Trial];
    expect([one, two]).toEqual([
      { number: 0, ...first[0] },
      { number: 1, ...first[1] },
    ]);
    const rest = proposeTrials({
      ...request,
      sampler,
      first,
      count: 2,
      history: [failed(1, ''), result(0, 1)],
    });
    expect(rest[0]).toEqual({ number: 2, ...first[2] });
    expect(rest[1]).toEqual(proposeTrials({ ...request, sampler, count: 4 })[3]);
  });

  it('gives each trial the parameters of its own algorithm', () => {
    const trials = proposeTrials({ ...request, sampler, count: 60, history: history(sampler, 20) });
    expect(new Set(trials.map(({ candidate }) => candidate))).toEqual(new Set(['xgboost', 'linear']));
    for (const { candidate, parameters } of trials) {
      expect(Object.keys(parameters)).toEqual(Object.keys(space.candidates[candidate as 'linear']));
    }
  });

  it('numbers on from the last trial that it is told of', () => {
    expect(proposeTrials({ ...request, sampler, history: [failed(5, 'x')], count: 1 })[0]?.number).toBe(6);
  });

  it('gives a parameter of one value that value', () => {
    const fixed = { candidates: { a: { x: { kind: 'float', low: 3, high: 3 } } } } as const;
    const seen = proposeTrials({ ...request, sampler, space: fixed, count: 12 }).map((trial) =>
      completed(trial, trial.number),
    );
    for (const trial of [...seen, ...proposeTrials({ ...request, sampler, space: fixed, history: seen })]) {
      expect(trial.parameters).toEqual({ x: 3 });
    }
  });

  it('draws each parameter on its own', () => {
    const spec = { kind: 'float', low: 0, high: 1 } as const;
    const two = { candidates: { a: { x: spec, y: spec } } };
    const products = Array.from({ length: 500 }, (_, seed) => {
      const [trial] = proposeTrials({ ...request, sampler, space: two, seed, count: 1 });
      return ((trial?.parameters.x as number) - 0.5) * ((trial?.parameters.y as number) - 0.5);
    });
    // 1/12 when both are one number; 0 with a standard error of 0.0037 when they are drawn apart.
    expect(Math.abs(products.reduce((sum, product) => sum + product, 0) / 500)).toBeLessThan(0.015);
  });

  it('never proposes one setting twice in a batch of numbers', () => {
    const trials = proposeTrials({ ...request, sampler, count: 20, history: history(sampler, 20) });
    expect(new Set(trials.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(20);
  });
});

describe('random search', () => {
  const only = (spec: ParameterSpace) =>
    proposeTrials({
      ...request,
      sampler: 'random',
      count: 4000,
      space: { candidates: { a: { x: spec } } },
    }).map(({ parameters }) => parameters.x as number);
  const share = (values: readonly number[], test: (value: number) => boolean) =>
    values.filter(test).length / values.length;

  it('spreads a logarithmic parameter evenly over its decades', () => {
    const values = only({ kind: 'float', low: 1e-3, high: 1, log: true });
    expect(share(values, (value) => value < 0.01)).toBeCloseTo(1 / 3, 1);
    expect(share(values, (value) => value >= 0.1)).toBeCloseTo(1 / 3, 1);
  });

  it('draws the first and the last whole number as often as those between', () => {
    const values = only({ kind: 'int', low: 1, high: 5 });
    for (const value of [1, 2, 3, 4, 5])
      expect(Math.abs(share(values, (x) => x === value) - 0.2)).toBeLessThan(0.02);
  });
});

describe('a whole number on a logarithmic scale', () => {
  it('takes no notice of a step', () => {
    const draw = (spec: ParameterSpace) =>
      proposeTrials({ ...request, count: 20, space: { candidates: { a: { x: spec } } } });
    const plain = { kind: 'int', low: 3, high: 300, log: true } as const;
    expect(draw({ ...plain, step: 50 })).toEqual(draw(plain));
  });
});

describe('TPE search', () => {
  const draw = (results: readonly TrialResult[], count = 200) =>
    proposeTrials({ ...request, space: line, history: results, count: 1 }).length &&
    Array.from({ length: count }, (_, seed) => {
      const [trial] = proposeTrials({ ...request, space: line, history: results, count: 1, seed });
      return trial?.parameters.x as number;
    });
  const line = { candidates: { a: { x: { kind: 'float', low: 0, high: 1 } } } } as const;
  const at = (number: number, x: number, value: number, more: Partial<TrialResult> = {}) =>
    result(number, value, { candidate: 'a', parameters: { x }, ...more });
  const grid = (trials: number) =>
    Array.from({ length: trials }, (_, n) => at(n, ((n * 7) % trials) / trials, n));
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

  it('draws at random until ten trials are finished, failed ones not counted', () => {
    const nine = [...grid(9), failed(9, 'x'), failed(10, 'y')];
    const blind = proposeTrials({ ...request, space: line, sampler: 'random', history: nine });
    expect(proposeTrials({ ...request, space: line, history: nine })).toEqual(blind);
    const ten = [...nine, at(11, 0.5, 1)];
    const informed = proposeTrials({ ...request, space: line, history: ten });
    expect(informed).not.toEqual(proposeTrials({ ...request, space: line, sampler: 'random', history: ten }));
  });

  it.each([
    ['maximize', 1],
    ['minimize', -1],
  ] as const)('looks near the best trials when asked to %s', (direction, sign) => {
    const seen = Array.from({ length: 20 }, (_, n) =>
      at(n, (n + 0.5) / 20, -sign * Math.abs((n + 0.5) / 20 - 0.8)),
    );
    const values = Array.from({ length: 100 }, (_, seed) => {
      const [trial] = proposeTrials({ ...request, direction, space: line, history: seen, count: 1, seed });
      return Math.abs((trial?.parameters.x as number) - 0.8);
    });
    expect(median(values)).toBeLessThan(0.1);
  });

  it('takes no advice from a failed trial', () => {
    const seen = grid(12);
    expect(draw([...seen, failed(12, 'out of memory')])).toEqual(
      draw([...seen, { ...failed(12, ''), value: 99 }]),
    );
    expect(draw([...seen, at(12, 0.9, Number.NaN)])).toEqual(draw([...seen, failed(12, '')]));
  });

  it('takes a pruned trial for worse than every completed one', () => {
    const seen = grid(12);
    const pruned = at(12, 0.99, 99, { status: 'pruned', curve: [[5, 99]] });
    const worst = at(12, 0.99, -99);
    expect(draw([...seen, pruned])).toEqual(draw([...seen, worst]));
  });

  it('learns from a first setting outside the space as from the nearest bound', () => {
    const seen = grid(12);
    expect(draw([...seen, at(12, 7, 99)])).toEqual(draw([...seen, at(12, 1, 99)]));
  });

  it('takes no advice from a trial on a parameter that it lacks or that is no value of the space', () => {
    const seen = grid(12);
    const nothing = draw([...seen, failed(12, '')]);
    const useless: Trial['parameters'][] = [{}, { x: 'auto' }, { x: Number.NaN }];
    for (const parameters of useless) {
      expect(draw([...seen, at(12, 0, -99, { parameters })])).toEqual(nothing);
    }
    const choice = { candidates: { a: { x: { kind: 'choice', options: ['p', 'q', 'r'] } } } } as const;
    const options = (results: readonly TrialResult[]) =>
      Array.from({ length: 100 }, (_, seed) =>
        proposeTrials({ ...request, space: choice, history: results, count: 1, seed }),
      ).map(([trial]) => trial?.parameters.x);
    const chosen = grid(12).map((item, n) => ({
      ...item,
      parameters: { x: ['p', 'q', 'r'][n % 3] as string },
    }));
    expect(options([...chosen, at(12, 0, 99, { parameters: { x: 'other' } })])).not.toContain(undefined);
    expect(options([...chosen, at(12, 0, -99, { parameters: { x: 'other' } })])).toEqual(
      options([...chosen, failed(12, '')]),
    );
  });

  it('takes advice on a parameter from trials of its own algorithm only', () => {
    const spec = { kind: 'float', low: 0, high: 1 } as const;
    const shared = { candidates: { a: { x: spec }, b: { x: spec } } };
    const propose = (place: number) => {
      const others = grid(12).map((item) => ({
        ...item,
        number: 20 + item.number,
        candidate: 'b',
        parameters: { x: place },
      }));
      const history = [...grid(12), ...others];
      return Array.from({ length: 100 }, (_, seed) =>
        proposeTrials({ ...request, space: shared, history, count: 1, seed }),
      ).flatMap(([trial]) => (trial?.candidate === 'a' ? [trial.parameters.x] : []));
    };
    expect(propose(0.1).length).toBeGreaterThan(10);
    expect(propose(0.1)).toEqual(propose(0.9));
  });

  it('spreads a batch more than it would spread trials that know nothing of each other', () => {
    const narrow = Array.from({ length: 30 }, (_, n) => at(n, n / 30, -Math.abs(n / 30 - 0.5)));
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    const spreads = Array.from({ length: 60 }, (_, seed) => {
      const batch = proposeTrials({ ...request, space: line, history: narrow, count: 6, seed });
      const alone = batch.map(({ number }) => {
        const fill = Array.from({ length: number - 30 }, (_, n) => failed(30 + n, ''));
        const [trial] = proposeTrials({
          ...request,
          space: line,
          history: [...narrow, ...fill],
          count: 1,
          seed,
        });
        return trial?.parameters.x as number;
      });
      return [spread(batch.map(({ parameters }) => parameters.x as number)), spread(alone)] as const;
    });
    expect(median(spreads.map(([batch]) => batch))).toBeGreaterThan(
      median(spreads.map(([, alone]) => alone)) as number,
    );
  });

  it('gives most trials to the algorithm that does best', () => {
    const seen = proposeTrials({ ...request, sampler: 'random', count: 30 }).map((trial) =>
      completed(trial, trial.candidate === 'linear' ? 1 : 0),
    );
    const drawn = Array.from({ length: 100 }, (_, seed) =>
      proposeTrials({ ...request, history: seen, count: 1, seed }),
    );
    expect(drawn.filter(([trial]) => trial?.candidate === 'linear').length).toBeGreaterThan(70);
  });
});
