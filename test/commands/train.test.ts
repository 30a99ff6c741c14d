import { describe, expect, it } from 'vitest';
import { UsageError } from '#lib/commands/arguments.ts';
import { train } from '#lib/commands/train.ts';
import { captured } from './captured.ts';
import { at, deployment, type Look, run } from './deployment.ts';

const STATES = ['BeginTraining', 'TrainModel', 'GateModel'].map((state, index) => ({
  state,
  enteredAt: at(index),
}));

/** A deployment whose run is unknown at first, then at work, and then ends as given. */
const whereIt = (last: Look) =>
  deployment([
    {},
    { run: run(), states: STATES.slice(0, 2), execution: { status: 'RUNNING' } },
    { states: STATES, ...last },
  ]);

const ended = (status: 'succeeded' | 'refused', output: string): Look => ({
  run: run({
    status,
    version: 4,
    finishedAt: at(3),
    metrics: { auc: 0.638, rows: 100 },
    verdict: ['auc 0.638 is above 0.6'],
  }),
  execution: { status: 'SUCCEEDED', output: { status: output } },
});
const promoted = ended('succeeded', 'promoted');
const options = { model: 'late', everyMs: 1 };

describe('what a training comes to', () => {
  it('a promoted version ends with 0, its figures and what the gates said', async () => {
    const { print, text } = captured();
    expect(await train(whereIt(promoted), options, print)).toBe(0);
    expect(text()).toContain('promoted: late@4 is the champion\n  auc 0.638 is above 0.6\n');
    expect(text()).toMatch(/^ {2}auc +0\.6380$/m);
    expect(text()).toMatch(/^ {2}rows +100$/m);
  });

  it('a version that passed and was not promoted is not called champion', async () => {
    const { print, text } = captured();
    expect(await train(whereIt(ended('succeeded', 'registered')), options, print)).toBe(0);
    expect(text()).toContain('succeeded: late@4 passed its gates; the champion stays');
  });

  it('a version that a gate refuses ends with 3', async () => {
    const { print, text } = captured();
    expect(await train(whereIt(ended('refused', 'refused')), options, print)).toBe(3);
    expect(text()).toContain('refused: late@4 did not pass its gates; the champion stays');
  });

  it('a failed run ends with 1 and the error', async () => {
    const error = { name: 'NotFeasibleError', message: 'late: expected at least 1000 rows, got 3' };
    const { print, document } = captured({ json: true });
    const look = { run: run({ status: 'failed', error }), execution: { status: 'FAILED' } } as const;
    expect(await train(whereIt(look), options, print)).toBe(1);
    expect(document()).toMatchObject({ status: 'failed', error });
  });

  it('a run that somebody cancelled ends with 1 and says how to go on', async () => {
    const cancelled = { by: 'grace', at: at(2) };
    const { print, text } = captured();
    const look = { run: run({ status: 'cancelled', cancelled }), execution: { status: 'ABORTED' } } as const;
    expect(await train(whereIt(look), options, print)).toBe(1);
    expect(text()).toContain('cancelled by grace: "npx leeboard resume late run-1" goes on with it');
  });

  it('an execution that was stopped before it could record its end ends with 1, too', async () => {
    const { print, text } = captured();
    expect(await train(whereIt({ run: run(), execution: { status: 'TIMED_OUT' } }), options, print)).toBe(1);
    expect(text()).toContain('failed: TIMED_OUT: its record does not say how it ended');
  });

  it('so does one that ended before it was ever recorded', async () => {
    const { print, text } = captured();
    const look = { execution: { status: 'FAILED', error: 'Broken', cause: 'no table' } } as const;
    expect(await train(deployment([look]), options, print)).toBe(1);
    expect(text()).toContain('failed: Broken: no table');
  });
});

describe('on the way', () => {
  it('each state is told once, in order, when it is entered', async () => {
    const { print, text } = captured();
    await train(whereIt(promoted), options, print);
    const told = [...text().matchAll(/^ +(\d\.\d) s {2}(\w+)$/gm)].map(([, second, state]) => [
      second,
      state,
    ]);
    expect(told).toEqual([
      ['0.0', 'BeginTraining'],
      ['1.0', 'TrainModel'],
      ['2.0', 'GateModel'],
    ]);
  });

  it('a run that waits says so once, and is followed to its end', async () => {
    const { print, text } = captured();
    const waiting = { run: run({ status: 'waiting' }) };
    expect(await train(deployment([waiting, waiting, promoted]), options, print)).toBe(0);
    expect(text().match(/waiting for the training before it/g)).toHaveLength(1);
  });

  it('a run that is recorded as ended is told when its execution says what it came to', async () => {
    const { print, text } = captured();
    const recorded = { ...promoted, execution: { status: 'RUNNING' } } as const;
    expect(await train(deployment([recorded, recorded, promoted]), options, print)).toBe(0);
    expect(text()).toContain('promoted: late@4 is the champion');
  });

  it('a request that was merged into a waiting run says so and follows that run', async () => {
    const { print, document, text } = captured();
    const merged = run({ status: 'merged', mergedInto: 'run-9' });
    const into = run({ ...promoted.run, runId: 'run-9', execution: 'run-9-next' });
    const client = deployment([{ run: merged, execution: { status: 'SUCCEEDED' } }], { 'run-9': into });
    expect(await train(client, options, print)).toBe(0);
    expect(text()).toContain('run-1 was merged into run-9: following that one');
    expect(text()).toContain('succeeded: late@4');
    expect(document).toThrow();
  });
});

describe('--follow', () => {
  const progress = {
    state: 'TrainModel',
    done: 150,
    total: 300,
    metric: { name: 'logLoss', value: 0.61, best: 0.6 },
    at: at(2),
  };
  const looks: Look[] = [
    { run: run(), states: STATES.slice(0, 1), execution: { status: 'RUNNING' } },
    { run: run({ progress }), states: STATES.slice(0, 2), execution: { status: 'RUNNING' } },
    { states: STATES, ...promoted },
  ];

  it('draws a bar a stage over the one before on a terminal', async () => {
    const { print, text } = captured({ width: 100 });
    expect(await train(deployment(looks), { ...options, follow: true }, print)).toBe(0);
    expect(text()).toMatch(/^Train {5}█{12}░{12} .* 150\/300 rounds {2}logLoss 0\.6100, best 0\.6000$/m);
    expect(text()).toContain('\u001b[6A\u001b[J');
    expect(text()).toContain('promoted: late@4 is the champion');
  });

  it('tells plain lines where nothing can be redrawn', async () => {
    const { print, text } = captured();
    await train(deployment(looks), { ...options, follow: true }, print);
    expect(text()).toMatch(/s {2}Train at work {2}150\/300 rounds/);
    expect(text()).toMatch(/s {2}Train done$/m);
    expect(text()).not.toContain('\u001b');
  });

  it('with --json is one document with the stages', async () => {
    const { print, document } = captured({ json: true, width: 100 });
    await train(deployment(looks), { ...options, follow: true }, print);
    const { stages, status } = document<{ status: string; stages: { stage: string; status: string }[] }>();
    expect(status).toBe('succeeded');
    expect(stages.map(({ stage }) => stage)).toEqual([
      'Prepare',
      'Train',
      'Evaluate',
      'Register',
      'Gate',
      'Promote',
    ]);
  });
});

describe('what is asked for', () => {
  it('--no-wait asks and looks no further', async () => {
    const { print, document } = captured({ json: true });
    const client = deployment([]);
    expect(await train(client, { ...options, wait: false }, print)).toBe(0);
    expect(document()).toEqual({ model: 'late', runId: 'run-1', status: 'waiting' });
    expect(client.looked()).toBe(0);
  });

  it('the instant to judge by, the reason and the settings of an experiment', async () => {
    const client = deployment([]);
    const set = ['algorithm.maxDepth=3', 'search.metric=auc', 'algorithm.monotone={"distance":1}'];
    const asked = { ...options, wait: false, asOf: '2013-04-01', reason: 'deeper?', set };
    await train(client, asked, captured().print);
    expect(client.asked).toEqual([
      {
        reason: 'deeper?',
        asOf: '2013-04-01T00:00:00.000Z',
        set: { 'algorithm.maxDepth': 3, 'search.metric': 'auc', 'algorithm.monotone': { distance: 1 } },
      },
    ]);
  });

  it('another algorithm altogether', async () => {
    const client = deployment([]);
    await train(client, { ...options, wait: false, set: ['algorithm=auto'] }, captured().print);
    expect(client.asked).toEqual([{ set: { algorithm: 'auto' } }]);
  });

  it('the instant since when rows are learned from, as it stands', async () => {
    const client = deployment([]);
    await train(client, { ...options, wait: false, set: ['since=2013-03-01T00:00:00Z'] }, captured().print);
    expect(client.asked).toEqual([{ set: { since: '2013-03-01T00:00:00Z' } }]);
  });

  it.each([
    ['another part of the spec', ['gates.metrics.auc.min=0']],
    ['no value', ['algorithm.maxDepth']],
    ['a value that is no JSON', ['algorithm.maxDepth={3']],
    ['a setting twice', ['algorithm.rounds=1', 'algorithm.rounds=2']],
  ])('a setting that cannot be starts nothing: %s', async (_, set) => {
    const client = deployment([]);
    await expect(train(client, { ...options, set }, captured().print)).rejects.toThrow(UsageError);
    expect(client.asked).toEqual([]);
  });

  it('a wrong instant or model starts nothing', async () => {
    const client = deployment([]);
    await expect(train(client, { ...options, asOf: 'soon' }, captured().print)).rejects.toThrow(UsageError);
    await expect(train(client, { model: 'early' }, captured().print)).rejects.toThrow('there are: late');
    expect(client.asked).toEqual([]);
  });
});
