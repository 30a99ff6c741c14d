import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseEach } from '#core/batch/parse-each.ts';
import { parseRows } from '#core/serve/parse-rows.ts';
import { signature } from '#test/support/bundle.ts';

const good = {
  id: 1,
  at: '2013-01-01T00:00:00.000Z',
  city: 'north',
  kind: null,
  km: 3,
  express: null,
  mm: 1,
};
const wrong = { ...good, km: 101 };

it('every row is read as a request’s is, wherever it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 2500 }), (isGood) => {
      const rows = isGood.map((is, id) => ({ ...(is ? good : wrong), id: id + 1 }));
      const parsed = parseEach(signature, rows);
      expect(parsed.map((found) => 'row' in found)).toEqual(isGood);
      const taken = parsed.flatMap((found) => ('row' in found ? [found.row] : []));
      const alone = rows.filter((_, index) => isGood[index]);
      expect(taken).toEqual(alone.map((row) => parseRows(signature, { rows: [row] })[0]));
    }),
    { numRuns: 20 },
  );
});

it('a wrong row says which column, what was expected and what came', () => {
  const [found] = parseEach(signature, [{ ...wrong, city: 'west' }]);
  expect(found).toEqual({
    error:
      'city: expected one of "north", "south", got "west"; km: expected a number at least 0 and at most 100 or null, got 101',
  });
});

it('what is not the rows’ fault is not kept as theirs', () => {
  const broken = { ...signature, inputs: undefined } as unknown as typeof signature;
  expect(() => parseEach(broken, [good])).toThrow(TypeError);
});
