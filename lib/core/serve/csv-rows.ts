import { InvalidInputError, showValue } from '../errors.ts';
import { MAX_ROWS } from './parse-rows.ts';
import { BadRequestError } from './problem-document.ts';
import type { InputColumn, Signature } from './signature.ts';

/** One field of a record; `""` and nothing differ. */
interface CsvField {
  readonly text: string;
  readonly quoted: boolean;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The rows of a CSV text (RFC 4180, comma, LF or CRLF) as `parseRows` takes them. Nothing between two commas is null;
 * a field that is no number or condition where the column is one stays text, for `parseRows` to refuse by name.
 * @param header whether the first line names the columns. Absent: it does when all of its fields are columns of the
 * model, and the lines hold the inputs in the signature's order when none is
 * @throws BadRequestError for what is no CSV
 * @throws InvalidInputError for a first line that may be either, wrong columns, too many or too few fields or rows
 */
export function csvBody(
  signature: Signature,
  text: string,
  header?: boolean,
): { rows: Record<string, unknown>[] } {
  const records = readCsv(text, MAX_ROWS + 1);
  const columns = new Map([...signature.inputs, ...signature.carried].map((input) => [input.name, input]));
  const inputs = signature.inputs.map(({ name }) => name);
  const first = (records[0] ?? []).map((field) => field.text);
  const named = header ?? namesColumns(first, new Set([...columns.keys(), ...signature.ignored]));
  if (named) requireColumns(first, new Set([...columns.keys(), ...signature.ignored]));
  const names = named ? first : inputs;
  const rows = named ? records.slice(1) : records;
  if (rows.length > MAX_ROWS) throw tooManyRows();
  return {
    rows: rows.map((record, index) => {
      if (record.length !== names.length) {
        const expected = `${names.length} fields (${names.join(', ').slice(0, 500)})`;
        throw new InvalidInputError([{ field: `rows[${index}]`, expected, got: `${record.length} fields` }]);
      }
      return Object.fromEntries(
        record.map((field, at) => {
          const name = names[at] as string;
          return [name, fieldValue(field, columns.get(name))];
        }),
      );
    }),
  };
}

/** @throws InvalidInputError when some fields are names of columns and others are not */
function namesColumns(fields: readonly string[], known: ReadonlySet<string>): boolean {
  const other = fields.findIndex((field) => !known.has(field));
  if (other < 0) return true;
  if (!fields.some((field) => known.has(field))) return false;
  const expected =
    'names of columns only, or values only; "text/csv; header=present" or "header=absent" says which';
  throw new InvalidInputError([{ field: `header[${other}]`, expected, got: showValue(fields[other]) }]);
}

function requireColumns(names: readonly string[], known: ReadonlySet<string>): void {
  const wrong = names.flatMap((name, index) => {
    const field = `header[${index}]`;
    const got = showValue(name);
    if (!known.has(name)) return [{ field, expected: 'a column that the model knows', got }];
    return names.indexOf(name) < index ? [{ field, expected: 'each column once', got }] : [];
  });
  if (wrong.length > 0) throw new InvalidInputError(wrong.slice(0, 20));
}

function fieldValue({ text, quoted }: CsvField, input: InputColumn | undefined): unknown {
  if (text === '' && !quoted) return null;
  switch (input?.column.type) {
    case 'number':
      return NUMBER.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    default:
      return text;
  }
}

/**
 * Records and their fields. Source: RFC 4180, section 2; a line may end with LF alone.
 * @throws BadRequestError naming the line (from 1) of a stray quote or carriage return
 * @throws InvalidInputError for more than `most` records
 */
function readCsv(text: string, most: number): CsvField[][] {
  const records: CsvField[][] = [];
  let record: CsvField[] = [];
  let line = 1;
  let at = 0;
  const refuse = (what: string) => new BadRequestError(400, `line ${line} of the CSV: ${what}`);
  while (at < text.length) {
    const quoted = text[at] === '"';
    const field = quoted ? quotedField(text, at) : plainField(text, at);
    if (field === undefined) throw refuse('a quoted field must end with "');
    if (!quoted && field.text.includes('"')) throw refuse('a field with " in it must be quoted');
    record.push({ text: field.text, quoted });
    line += field.text.split('\n').length - 1;
    at = field.end;
    if (text[at] === ',') {
      at += 1;
      // A comma at the end of the text has an empty field after it.
      if (at < text.length) continue;
      record.push({ text: '', quoted: false });
    } else if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
    else if (text[at] === '\n') at += 1;
    else if (text[at] === '\r') throw refuse('a line must end with LF or CRLF');
    else if (at < text.length) throw refuse('a comma must follow a quoted field');
    line += 1;
    records.push(record);
    record = [];
    if (records.length > most) throw tooManyRows();
  }
  return records;
}

function plainField(text: string, start: number): { text: string; end: number } {
  const end = /[,\r\n]/g;
  end.lastIndex = start;
  const found = end.exec(text)?.index ?? text.length;
  return { text: text.slice(start, found), end: found };
}

/** @returns undefined when its closing quote is missing */
function quotedField(text: string, start: number): { text: string; end: number } | undefined {
  let close = text.indexOf('"', start + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) return undefined;
  return { text: text.slice(start + 1, close).replaceAll('""', '"'), end: close + 1 };
}

function tooManyRows(): InvalidInputError {
  return new InvalidInputError([
    { field: 'rows', expected: `1 to ${MAX_ROWS} rows`, got: `more than ${MAX_ROWS} rows` },
  ]);
}
