import { expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import { UsageError } from '#lib/commands/arguments.ts';
import { chooseFunctions, logs } from '#lib/commands/logs.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const FUNCTIONS = ['late-night-predict', 'late-predict', 'train-model', 'validate-file'];
const MODELS = ['late', 'late-night'];

it('a model has its own functions, not those of a model whose name begins alike', () => {
  expect(chooseFunctions(FUNCTIONS, MODELS, { model: 'late' })).toEqual(['late-predict']);
  expect(chooseFunctions(FUNCTIONS, MODELS, { model: 'late-night' })).toEqual(['late-night-predict']);
});

it('a function of a model is named by what it does, as the alarms name it', () => {
  const of = { functionName: 'predict', model: 'late' };
  expect(chooseFunctions(FUNCTIONS, MODELS, of)).toEqual(['late-predict']);
});

it('a function or a model must be named, and beside a model none that all models share', () => {
  expect(() => chooseFunctions(FUNCTIONS, MODELS, {})).toThrow(UsageError);
  expect(() => chooseFunctions(FUNCTIONS, MODELS, {})).toThrow('train-model, validate-file');
  const both = { functionName: 'train-model', model: 'late' };
  expect(() => chooseFunctions(FUNCTIONS, MODELS, both)).toThrow(UsageError);
  expect(() => chooseFunctions(FUNCTIONS, MODELS, both)).toThrow('one of predict, got: train-model');
});

it('an unknown function or model says which there are', () => {
  expect(() => chooseFunctions(FUNCTIONS, MODELS, { model: 'early' })).toThrow('there are: late, late-night');
  const unknown = () => chooseFunctions(FUNCTIONS, MODELS, { functionName: 'train' });
  expect(unknown).toThrow(NotFoundError);
  expect(unknown).toThrow('there are: late-night-predict, late-predict, train-model, validate-file');
});

it('lines of several functions come in the order of time, empty ones left out', async () => {
  const written = {
    'late-monitor-model': [{ at: '2026-01-01T00:00:02.000Z', message: 'third' }],
    'late-predict': [
      { at: '2026-01-01T00:00:00.000Z', message: 'first' },
      { at: '2026-01-01T00:00:01.000Z', message: ' ' },
      { at: '2026-01-01T00:00:01.500Z', message: 'sec\u001b[2Jond' },
    ],
  };
  const client = {
    outputs,
    functions: async () => Object.keys(written),
    logs: async (name: string) => written[name as keyof typeof written],
  };
  const { print, text } = captured();
  await logs(client, { model: 'late' }, print);
  expect(text()).toBe(
    [
      '2026-01-01T00:00:00.000Z  late-predict  first',
      '2026-01-01T00:00:01.500Z  late-predict  second',
      '2026-01-01T00:00:02.000Z  late-monitor-model  third\n',
    ].join('\n'),
  );
});
