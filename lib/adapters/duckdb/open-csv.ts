import { problem } from '#core/data/report.ts';
import { castCsvField } from './cast-column.ts';
import { EXACT_CSV, openText } from './open-text.ts';
import { compareColumns, type FileToOpen, MAX_COLUMNS, type OpenedFile } from './source.ts';
import { literal } from './sql.ts';

const OTHER_DELIMITERS = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
] as const;

/** Opens a CSV file: comma, double quotes, one header row (RFC 4180). */
export function openCsv(file: FileToOpen, cutPath: string): OpenedFile {
  const text = openText(file, cutPath, 'csv');
  const { header, rows, brokenRows, complete } = text.scan;
  const opened = { rows: complete ? rows : null, queriedRows: rows - brokenRows.length };
  const delimiter = otherDelimiter(header, Object.keys(file.dataset.columns));
  if (delimiter) {
    const refused = problem('format', `fields separated by commas, found ${delimiter}`);
    return { ...opened, source: undefined, problems: [refused], warnings: [] };
  }
  if (text.problems.some(({ rule }) => rule === 'header')) {
    return { ...opened, source: undefined, problems: text.problems, warnings: [] };
  }
  const columns = compareColumns(file.dataset, header);
  const judged = complete && header.length <= MAX_COLUMNS && opened.queriedRows > 0;
  return {
    ...opened,
    source: judged
      ? { rawSql: rawSql(text.path, header), columns: castHeader(file, header), fileRows: text.fileRows }
      : undefined,
    problems: [...text.problems, ...columns.problems],
    warnings: [...text.warnings, ...columns.warnings],
  };
}

function otherDelimiter(header: readonly string[], wanted: readonly string[]): string | undefined {
  const [only = '', ...others] = header;
  if (others.length > 0 || wanted.includes(only)) return undefined;
  return OTHER_DELIMITERS.find(([character]) =>
    only.split(character).some((name) => name !== only && wanted.includes(name.trim())),
  )?.[1];
}

// The file's own names never reach the engine: columns are c0, c1, ... by position.
function rawSql(path: string, header: readonly string[]): string {
  const columns = header.map((_, index) => `c${index}: 'VARCHAR'`).join(', ');
  return `SELECT row_number() OVER () AS rn, * FROM read_csv(${literal(path)}, ${EXACT_CSV}, header = true,
    delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, columns = {${columns}})`;
}

function castHeader({ dataset }: FileToOpen, header: readonly string[]) {
  const found = Object.entries(dataset.columns).filter(([name]) => header.includes(name));
  return new Map(found.map(([name, spec]) => [name, castCsvField(`c${header.indexOf(name)}`, spec)]));
}
