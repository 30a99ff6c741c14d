import { expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { requireWindow } from '#core/replay/replay-request.ts';

const TO = '2026-01-08T00:00:00.000Z';
const check = (from: string) => () => requireWindow({ from, to: TO });

it('a window is up to a week long', () => {
  expect(check('2026-01-07T23:59:59.999Z')).not.toThrow();
  expect(check('2026-01-01T00:00:00.000Z')).not.toThrow();
});

it.each([
  ['empty', TO, 'an instant before'],
  ['the wrong way round', '2026-01-09T00:00:00.000Z', 'an instant before'],
  ['longer', '2025-12-31T23:59:59.999Z', 'at most 168 hours before'],
])('a window that is %s is refused with what was expected', (_, from, expected) => {
  expect(check(from)).toThrow(InvalidInputError);
  expect(check(from)).toThrow(`from: expected ${expected} ${TO}, got ${from}`);
});
