import { type Problem, problem, ROWS_NAMED } from '#core/data/report.ts';
import { castJsonMember } from './cast-column.ts';
import { EXACT_CSV, openText } from './open-text.ts';
import { queryRow, queryRows } from './query.ts';
import { compareColumns, type FileToOpen, MAX_COLUMNS, type OpenedFile } from './source.ts';
import { literal } from './sql.ts';

/**
 * Opens a JSON Lines file: one JSON object a line. A member that is absent is null; a column is missing when no
 * line has it and not all of its values may be null.
 */
export async function openJsonl(file: FileToOpen, cutPath: string): Promise<OpenedFile> {
  const text = openText(file, cutPath, 'jsonl');
  const { rows, brokenRows, complete } = text.scan;
  const opened = { rows: complete ? rows : null, queriedRows: rows - brokenRows.length };
  if (!complete || opened.queriedRows === 0) {
    return { ...opened, source: undefined, problems: text.problems, warnings: [] };
  }
  const lines = linesSql(text.path);
  const malformed = await findMalformed(file, lines, text.fileRows);
  const names = await memberNames(file, lines);
  const optional = Object.entries(file.dataset.columns).filter(([, { nullable }]) => nullable === 1);
  const columns = compareColumns(file.dataset, [...new Set([...names, ...optional.map(([name]) => name)])]);
  const missing = columns.problems.map(({ column }) => column);
  return {
    ...opened,
    queriedRows: opened.queriedRows - malformed.objects,
    source: {
      rawSql: membersSql(lines, Object.keys(file.dataset.columns)),
      columns: castMembers(file, missing),
      fileRows: text.fileRows,
    },
    problems: [...text.problems, ...malformed.problems, ...columns.problems],
    warnings: [...text.warnings, ...columns.warnings],
  };
}

// A control character cannot stand in JSON text, so each line is one field.
function linesSql(path: string): string {
  return `SELECT row_number() OVER () AS rn, line FROM read_csv(${literal(path)}, ${EXACT_CSV}, header = false,
    delim = '\x1f', quote = '', escape = '', nullstr = '\x1e', columns = {line: 'VARCHAR'})`;
}

const IS_OBJECT = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END";
const REPEATS_MEMBER = `CASE WHEN ${IS_OBJECT} THEN len(json_keys(line)) > len(list_distinct(json_keys(line))) ELSE false END`;

function membersSql(lines: string, names: readonly string[]): string {
  const paths = `[${names.map((name) => literal(`$.${name}`)).join(', ')}]`;
  return `SELECT rn, json_extract_string(line, ${paths}) AS members, json_type(line, ${paths}) AS kinds
    FROM (${lines}) WHERE ${IS_OBJECT}`;
}

function castMembers({ dataset }: FileToOpen, missing: readonly (string | null)[]) {
  const cast = Object.entries(dataset.columns).map(
    ([name, spec], index) =>
      [name, castJsonMember(`members[${index + 1}]`, `kinds[${index + 1}]`, spec)] as const,
  );
  return new Map(cast.filter(([name]) => !missing.includes(name)));
}

async function findMalformed(
  { database }: FileToOpen,
  lines: string,
  fileRows: (rows: readonly number[]) => number[],
): Promise<{ objects: number; problems: Problem[] }> {
  const found = await queryRow(
    database,
    `SELECT count(*) FILTER (NOT good) AS bad, min(rn, ${ROWS_NAMED}) FILTER (NOT good) AS bad_rows,
      count(*) FILTER (repeats) AS repeated, min(rn, ${ROWS_NAMED}) FILTER (repeats) AS repeated_rows
      FROM (SELECT rn, ${IS_OBJECT} AS good, ${REPEATS_MEMBER} AS repeats FROM (${lines}))`,
  );
  const rows = (value: unknown) => fileRows(((value ?? []) as string[]).map(Number));
  const [bad, repeated] = [Number(found.bad), Number(found.repeated)];
  const problems: Problem[] = [];
  if (bad > 0)
    problems.push(
      problem('format', 'one JSON object on each line', { count: bad, rows: rows(found.bad_rows) }),
    );
  if (repeated > 0) {
    const details = { count: repeated, rows: rows(found.repeated_rows) };
    problems.push(problem('duplicate-column', 'each member of an object once', details));
  }
  return { objects: bad, problems };
}

async function memberNames({ database }: FileToOpen, lines: string): Promise<string[]> {
  const names = await queryRows(
    database,
    `SELECT name, min(rn) AS first FROM (SELECT rn, unnest(json_keys(line)) AS name FROM (${lines}) WHERE ${IS_OBJECT})
      GROUP BY name ORDER BY first, name LIMIT ${MAX_COLUMNS + 1}`,
  );
  return names.map(({ name }) => String(name));
}
