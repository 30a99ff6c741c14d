import { InvalidInputError } from '#core/errors.ts';

/** Firehose takes records of at most 1,000 KiB. https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
export const MAX_RECORD_BYTES = 1_000 * 1024;

/** Some lines in one piece. */
export interface PackedLines {
  readonly data: Uint8Array;
  readonly rows: number;
}

/**
 * Lines packed in order into records of at most `maxBytes`, each as full as it can be: every record is billed as 5 KB
 * or more.
 * @throws InvalidInputError when one line is larger than a record, naming its row
 */
export function packRecords(lines: readonly string[], maxBytes = MAX_RECORD_BYTES): PackedLines[] {
  const records: PackedLines[] = [];
  let packed: Buffer[] = [];
  let size = 0;
  const close = () => {
    if (packed.length > 0) records.push({ data: Buffer.concat(packed), rows: packed.length });
    [packed, size] = [[], 0];
  };
  for (const [row, line] of lines.entries()) {
    const bytes = Buffer.from(line);
    if (bytes.length > maxBytes) {
      const expected = `at most ${maxBytes} bytes of values, as they are logged`;
      throw new InvalidInputError([{ field: `rows[${row}]`, expected, got: `${bytes.length} bytes` }]);
    }
    if (size + bytes.length > maxBytes) close();
    packed.push(bytes);
    size += bytes.length;
  }
  close();
  return records;
}
