import { describe, expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import {
  deployedModels,
  parseInstant,
  parseSince,
  requireKnown,
  UsageError,
} from '#lib/commands/arguments.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

describe('an unknown name', () => {
  it('says what there is', () => {
    const check = () => requireKnown('dataset', 'flihgts', ['flights', 'weather']);
    expect(check).toThrow(NotFoundError);
    expect(check).toThrow('no dataset named "flihgts"; there are: flights, weather');
  });

  it('says that there is nothing', () => {
    expect(() => requireKnown('model', 'x', [])).toThrow('no model named "x"; there are none');
  });

  it('is not what an object inherits', () => {
    expect(() => requireKnown('model', 'constructor', [])).toThrow(NotFoundError);
  });
});

it('the deployed models are those with a training pipeline', () => {
  const stateMachines = {
    'ingest-dataset': 'arn:1',
    'b-train-model': 'arn:2',
    'b-monitor-model': 'arn:3',
    'a-train-model': 'arn:4',
  };
  expect(deployedModels({ stateMachines })).toEqual(['a', 'b']);
});

describe('--since', () => {
  it.each([
    ['30s', '2026-05-01T11:59:30.000Z'],
    ['10m', '2026-05-01T11:50:00.000Z'],
    ['2h', '2026-05-01T10:00:00.000Z'],
    ['1d', '2026-04-30T12:00:00.000Z'],
    ['2026-04-01', '2026-04-01T00:00:00.000Z'],
    ['2026-04-01T02:00:00+02:00', '2026-04-01T00:00:00.000Z'],
  ])('%s is since %s', (text, instant) => {
    expect(new Date(parseSince(text, NOW)).toISOString()).toBe(instant);
  });

  it.each(['', '10', 'm', '-5m', '1.5h', '10 m', '3x', 'yesterday', '2026', '2026-13-01'])(
    'refuses %j',
    (text) => {
      expect(() => parseSince(text, NOW)).toThrow(UsageError);
      expect(() => parseSince(text, NOW)).toThrow(`got ${JSON.stringify(text)}`);
    },
  );
});

describe('--as-of', () => {
  it('is told in UTC', () => {
    expect(parseInstant('--as-of', '2013-04-01T00:00:00-04:00')).toBe('2013-04-01T04:00:00.000Z');
  });

  it.each(['10m', '2013-04-01T00:00:00', '1 April 2013'])(
    'refuses %j: no instant, or none without a zone',
    (text) => {
      expect(() => parseInstant('--as-of', text)).toThrow(
        `--as-of: expected an ISO 8601 instant such as 2026-05-01T00:00:00Z, got ${JSON.stringify(text)}`,
      );
    },
  );
});
