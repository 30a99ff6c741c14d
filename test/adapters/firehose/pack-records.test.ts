import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packRecords } from '#adapters/firehose/pack-records.ts';
import { InvalidInputError } from '#core/errors.ts';

const text = ({ data }: { data: Uint8Array }) => Buffer.from(data).toString();

describe('packRecords', () => {
  it('packs lines in order, none split, each record within the limit and as full as it can be', () => {
    const lines = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'ü', '😀'), maxLength: 5 }).map((line) => `${line}\n`),
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 21, max: 60 }), (lines, limit) => {
        const packed = packRecords(lines, limit);
        expect(packed.map(text).join('')).toBe(lines.join(''));
        for (const [index, record] of packed.entries()) {
          expect(record.data.length).toBeLessThanOrEqual(limit);
          expect(text(record).endsWith('\n')).toBe(true);
          expect(record.rows).toBe(text(record).split('\n').length - 1);
          const next = packed[index + 1];
          const nextLine = next && Buffer.byteLength(`${text(next).split('\n', 1)[0]}\n`);
          if (nextLine !== undefined) expect(record.data.length + nextLine).toBeGreaterThan(limit);
        }
      }),
    );
  });

  it('counts bytes, not characters', () => {
    expect(packRecords(['ü\n', 'ü\n'], 5)).toHaveLength(2);
    expect(packRecords(['ü\n', 'ü\n'], 6)).toHaveLength(1);
  });

  it('has none for no lines', () => {
    expect(packRecords([])).toEqual([]);
  });

  it('holds 1,000 KiB and refuses a line with one byte more, naming its row', () => {
    const limit = 1_024_000;
    expect(packRecords(['a\n', 'x'.repeat(limit)])).toHaveLength(2);
    expect(() => packRecords(['a\n', 'x'.repeat(limit + 1)])).toThrow(
      new InvalidInputError([
        {
          field: 'rows[1]',
          expected: 'at most 1024000 bytes of values, as they are logged',
          got: '1024001 bytes',
        },
      ]),
    );
  });
});
