import { expect, it } from 'vitest';
import { spreadOf } from '#core/drift/spread.ts';

it('a spread leaves out null, NaN and infinities', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) ** 2 / 100);
  const odd = [null, Number.NaN, Infinity, -Infinity, 1e200];
  expect(spreadOf([...hundred, ...odd])).toEqual(spreadOf(hundred));
  expect(spreadOf(odd)).toBeUndefined();
});
