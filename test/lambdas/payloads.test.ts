import { describe, expect, it } from 'vitest';
import { problemsOf } from '#test/support/problems.ts';
import { messageOf } from '../../lambdas/shared/cause.ts';
import {
  Drop,
  MonitoringRun,
  ObjectPointer,
  parseInput,
  TrainingRun,
} from '../../lambdas/shared/payloads.ts';

const run = {
  model: 'm',
  runId: 'r',
  asOf: '2013-04-01T00:00:00Z',
  startedAt: '2013-04-01T02:00:00.5+02:00',
  by: 'a person',
  spec: { bucket: 'b', key: 'k', sha256: 's' },
  execution: 'r',
};

describe('parseInput', () => {
  it('gives instants in UTC with milliseconds', () => {
    const { asOf, startedAt } = parseInput(TrainingRun, run);
    expect([asOf, startedAt]).toEqual(['2013-04-01T00:00:00.000Z', '2013-04-01T00:00:00.500Z']);
    expect(parseInput(MonitoringRun, { ...run, asOf: '2013-04-01' }).asOf).toBe('2013-04-01T00:00:00.000Z');
  });

  it('names every wrong field, its value and what was expected', () => {
    const wrong = {
      ...run,
      model: '../x',
      asOf: 'yesterday',
      by: undefined,
      spec: { bucket: 1, key: 'k', sha256: 's' },
    };
    expect(problemsOf('InvalidInputError', () => parseInput(TrainingRun, wrong))).toEqual([
      { field: 'model', expected: expect.stringMatching(/^lower-case letters/), got: '"../x"' },
      { field: 'asOf', expected: 'an ISO 8601 instant, such as 2013-01-31T00:00:00Z', got: '"yesterday"' },
      { field: 'by', expected: 'a text', got: 'undefined' },
      { field: 'spec.bucket', expected: 'a text', got: '1' },
    ]);
  });

  it.each(['1', 'April 1, 2013', '2013-02-30', '2013-04-01T24:00:00Z', ''])(
    'takes %j for no instant',
    (asOf) => {
      const [problem] = problemsOf('InvalidInputError', () => parseInput(MonitoringRun, { ...run, asOf }));
      expect(problem?.field).toBe('asOf');
    },
  );

  it.each([undefined, null, 'drop', []])('refuses %j as a whole', (event) => {
    expect(problemsOf('InvalidInputError', () => parseInput(Drop, event))).toMatchObject([
      { field: '', expected: 'an object' },
    ]);
  });

  it('lets through what states add, and keeps only what is asked for', () => {
    const pointer = { key: 'k', versionId: 'v', size: 1, sha256: 's' };
    expect(parseInput(ObjectPointer, { ...pointer, more: 1 })).toEqual(pointer);
  });
});

describe('messageOf', () => {
  it.each([
    ['{"errorType":"NotFeasibleError","errorMessage":"too few rows","trace":[]}', 'too few rows'],
    [{ errorMessage: 'as an object' }, 'as an object'],
    ['The task timed out.', 'The task timed out.'],
    ['{"errorMessage":5}', '{"errorMessage":5}'],
    ['null', 'null'],
    ['{"cut off', '{"cut off'],
    ['', ''],
    [undefined, 'no cause was given'],
    [null, 'no cause was given'],
  ])('of %j is %j', (cause, message) => {
    expect(messageOf(cause)).toBe(message);
  });
});
