import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsvRecord } from '#adapters/duckdb/csv-record.ts';

function read(text: string, atEnd = true) {
  const values: string[] = [];
  const record = readCsvRecord(Buffer.from(text), 0, atEnd, values);
  return { ...record, values };
}

const field = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', ';', '1') });

describe('readCsvRecord', () => {
  // RFC 4180: every field may be quoted, a quote within is doubled.
  it('reads back any fields that were written with quotes', () => {
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        (fields, end) => {
          const line = fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') + end;
          const record = read(`${line}next`, false);
          expect(record).toMatchObject({
            values: fields,
            fields: fields.length,
            next: Buffer.byteLength(line),
            flaw: null,
          });
        },
      ),
    );
  });

  it('asks for more bytes at any cut before the line end', () => {
    const line = '1,"a,""b""\r\nc", "d" ,é\r\n';
    const bytes = Buffer.from(line);
    for (let cut = 0; cut < bytes.length; cut += 1)
      expect(readCsvRecord(bytes.subarray(0, cut), 0, false)).toBeNull();
    expect(readCsvRecord(bytes, 0, false)).toMatchObject({ fields: 4, next: bytes.length, lineEnd: 'crlf' });
  });

  it.each([
    ['1,"2', 'unclosed-quote'],
    ['1,"2"3,4\n', 'text-after-quote'],
    ['1,2\r3,4\n', 'bare-carriage-return'],
  ])('finds what is wrong with %j', (text, flaw) => {
    expect(read(text)).toMatchObject({ flaw });
  });

  it('takes a quote within a field for text', () => {
    expect(read('1,5" pipe,x\n')).toMatchObject({ values: ['1', '5" pipe', 'x'], flaw: null });
  });
});
