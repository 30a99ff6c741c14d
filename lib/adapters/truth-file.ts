import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { TruthLine } from '#core/serve/check-truth-line.ts';
import { describeTruthHeaders, openTruthCsv, type TruthColumns } from '#core/serve/truth-csv.ts';
import { csvRecord, jsonRecord, readRecords } from './read-records.ts';

type Told = { readonly told: unknown } | { readonly field: string; readonly expected: string };

/**
 * The lines of a file of truths, one after another, whatever its size: JSON Lines when it begins with `{`, else CSV
 * (RFC 4180) with a header. Empty lines are left out.
 */
export async function* readTruthFile(file: string, columns: TruthColumns): AsyncGenerator<TruthLine> {
  const isJson = (await firstCharacter(file)) === '{';
  let tell: ((fields: readonly string[]) => Told) | undefined = isJson ? tellJson : undefined;
  for await (const { line, fields, flaw } of readRecords(
    createReadStream(file),
    isJson ? jsonRecord : csvRecord,
  )) {
    if (flaw === null && tell) yield { line, ...tell(fields) };
    else if (flaw === null) {
      tell = tellCsv(fields, columns);
      if (tell) continue;
      yield { line, field: 'header', expected: describeTruthHeaders(columns) };
      return;
    } else {
      yield { line, field: '', expected: flaw };
      if (!tell) return;
    }
  }
}

function tellJson([text = '']: readonly string[]): Told {
  try {
    return { told: JSON.parse(text) as unknown };
  } catch {
    return { field: '', expected: 'a JSON object' };
  }
}

function tellCsv(
  header: readonly string[],
  columns: TruthColumns,
): ((fields: readonly string[]) => Told) | undefined {
  const read = openTruthCsv(header, columns);
  return (
    read &&
    ((fields) =>
      fields.length === header.length
        ? { told: read(fields) }
        : { field: '', expected: `${header.length} fields, as the header has` })
  );
}

/** Behind the mark that some programs begin UTF-8 with. */
async function firstCharacter(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('utf8', 0, bytesRead).replace('\ufeff', '')[0];
  } finally {
    await handle.close();
  }
}
