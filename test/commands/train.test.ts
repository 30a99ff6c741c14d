import { expect, it } from 'vitest';
import { UsageError } from '#lib/commands/arguments.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { train } from '#lib/commands/train.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:late-train-model:1';
const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
const STATES = ['BeginTraining', 'TrainModel', 'GateModel'].map((state, index) => ({
  state,
  enteredAt: at(index),
}));

/** A client whose one execution is running when first looked at and then ends as given. */
function clientWhere(end: object) {
  const inputs: object[] = [];
  let looks = 0;
  return {
    inputs,
    outputs,
    start: async (_pipeline: string, _model: string, input: object = {}) => {
      inputs.push(input);
      return ARN;
    },
    execution: async () => {
      looks++;
      return {
        arn: ARN,
        output: undefined,
        ...(looks === 1 ? { status: 'RUNNING' as const } : end),
      } as never;
    },
    states: async () => STATES.slice(0, looks === 1 ? 2 : 3),
  };
}

const trained = (status: string) => ({
  status: 'SUCCEEDED',
  output: { version: 4, status, metrics: { auc: 0.638, rows: 100 }, verdict: ['auc 0.638 is above 0.6'] },
});

it('a promoted version ends with 0, its figures and what the gates said', async () => {
  const { print, text } = captured();
  expect(await train(clientWhere(trained('promoted')), { model: 'late' }, print)).toBe(EXIT.ok);
  expect(text()).toContain('promoted: late@4 is the champion\n  auc 0.638 is above 0.6\n');
  expect(text()).toMatch(/^ {2}auc +0\.6380$/m);
  expect(text()).toMatch(/^ {2}rows +100$/m);
});

it('a version that a gate refuses ends with 3', async () => {
  const { print, text } = captured();
  expect(await train(clientWhere(trained('refused')), { model: 'late' }, print)).toBe(3);
  expect(text()).toContain('refused: late@4 did not pass its gates; the champion stays');
});

it('a failed run ends with 1 and the error', async () => {
  const failed = {
    status: 'FAILED',
    error: 'NotFeasibleError',
    cause: 'late: expected at least 1000 rows, got 3',
  };
  const { print, document } = captured({ json: true });
  expect(await train(clientWhere(failed), { model: 'late' }, print)).toBe(1);
  expect(document()).toMatchObject({
    status: 'failed',
    error: { name: 'NotFeasibleError', message: 'late: expected at least 1000 rows, got 3' },
  });
});

it('a run that was stopped by hand ends with 1, too', async () => {
  const { print, text } = captured();
  expect(await train(clientWhere({ status: 'ABORTED' }), { model: 'late' }, print)).toBe(1);
  expect(text()).toContain('failed: ABORTED');
});

it('each state is told once, in order, when it is entered', async () => {
  const { print, text } = captured();
  await train(clientWhere(trained('promoted')), { model: 'late' }, print);
  const told = [...text().matchAll(/^ +(\d\.\d) s {2}(\w+)$/gm)].map(([, second, state]) => [second, state]);
  expect(told).toEqual([
    ['0.0', 'BeginTraining'],
    ['1.0', 'TrainModel'],
    ['2.0', 'GateModel'],
  ]);
});

it('--no-wait starts it and looks no further', async () => {
  const { print, document } = captured({ json: true });
  const client = { ...clientWhere({}), execution: () => Promise.reject(new Error('looked')) };
  expect(await train(client, { model: 'late', wait: false }, print)).toBe(0);
  expect(document()).toEqual({ model: 'late', status: 'started', execution: ARN });
});

it('a run knows who asked, and the instant to judge by', async () => {
  const client = clientWhere(trained('promoted'));
  await train(client, { model: 'late', asOf: '2013-04-01', by: 'ada' }, captured().print);
  expect(client.inputs).toEqual([{ by: 'ada', asOf: '2013-04-01T00:00:00.000Z' }]);
});

it('a wrong instant or model starts nothing', async () => {
  const client = clientWhere(trained('promoted'));
  await expect(train(client, { model: 'late', asOf: 'soon' }, captured().print)).rejects.toThrow(UsageError);
  await expect(train(client, { model: 'early' }, captured().print)).rejects.toThrow('there are: late');
  expect(client.inputs).toEqual([]);
});
