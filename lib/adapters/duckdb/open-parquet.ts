import { type Problem, problem } from '#core/data/report.ts';
import { type CastColumn, castParquetColumn } from './cast-column.ts';
import { queryRow, queryRows } from './query.ts';
import { compareColumns, type FileToOpen, MAX_COLUMNS, type OpenedFile } from './source.ts';
import { literal } from './sql.ts';

/** Opens a Parquet file. What its footer claims is compared with the limits before a page is read. */
export async function openParquet(file: FileToOpen): Promise<OpenedFile> {
  const { database, path, dataset } = file;
  const names = await topLevelNames(file);
  const { claimed, agreed } = await claimedRows(file);
  const compared = compareColumns(dataset, names);
  const volume = describeVolume(file, claimed);
  const problems: Problem[] = [...volume, ...compared.problems];
  if (!agreed)
    problems.push(problem('readable', 'the same number of rows in its footer and in its row groups'));
  const opened = { rows: claimed, queriedRows: claimed, warnings: compared.warnings };
  if (claimed < 1 || claimed > dataset.volume.maxRows || names.length > MAX_COLUMNS) {
    return { ...opened, source: undefined, problems };
  }
  const reader = `read_parquet(${literal(path)}, hive_partitioning = false)`;
  const types = (await queryRows(database, `DESCRIBE SELECT * FROM ${reader}`)).map((row) =>
    String(row.column_type),
  );
  const columns = new Map<string, CastColumn>();
  for (const [name, spec] of Object.entries(dataset.columns)) {
    const position = names.indexOf(name);
    if (position === -1) continue;
    const type = types[position] ?? '';
    const cast = castParquetColumn(`c${position}`, type, spec);
    if (cast) columns.set(name, cast);
    else
      problems.push(
        problem('type', `${spec.type}, the file's column is ${typeFamily(type)}`, {
          column: name,
          count: claimed,
        }),
      );
  }
  // By position, because the engine takes names that differ only in case for one.
  const aliases = names.map((_, index) => `c${index}`).join(', ');
  const rawSql = `SELECT row_number() OVER () AS rn, * FROM (SELECT * FROM ${reader}) AS file(${aliases})`;
  return { ...opened, source: { rawSql, columns, fileRows: (rows) => [...rows] }, problems };
}

/** The engine's name of a type without the names of fields, which come from the file. */
function typeFamily(type: string): string {
  return type.endsWith(']') ? 'a list' : (/^[A-Z_ ]+/.exec(type)?.[0].trim() ?? 'of another type');
}

async function topLevelNames({ database, path }: FileToOpen): Promise<string[]> {
  const [root, ...nodes] = await queryRows(
    database,
    `SELECT name, num_children FROM parquet_schema(${literal(path)})`,
  );
  const names: string[] = [];
  let at = 0;
  const skip = (): void => {
    const children = Number(nodes[at]?.num_children ?? 0);
    at += 1;
    for (let child = 0; child < children && at < nodes.length; child += 1) skip();
  };
  while (at < nodes.length && names.length < Number(root?.num_children)) {
    names.push(String(nodes[at]?.name));
    skip();
  }
  return names;
}

/** Rows by the footer's own counts: of the file, and of its row groups together. They differ in a forged file. */
async function claimedRows({ database, path }: FileToOpen): Promise<{ claimed: number; agreed: boolean }> {
  const { file, groups } = await queryRow(
    database,
    `SELECT (SELECT num_rows FROM parquet_file_metadata(${literal(path)})) AS file, (SELECT
      coalesce(sum(row_group_num_rows), 0) FROM parquet_metadata(${literal(path)}) WHERE column_id = 0) AS groups`,
  );
  return { claimed: Math.max(Number(file), Number(groups)), agreed: Number(file) === Number(groups) };
}

function describeVolume({ dataset: { volume } }: FileToOpen, claimed: number): Problem[] {
  if (claimed < 1) return [problem('empty', 'at least one row of data')];
  if (claimed > volume.maxRows)
    return [problem('volume', `at most ${volume.maxRows} rows, found ${claimed}`, { count: claimed })];
  if (claimed < volume.minRows)
    return [problem('volume', `at least ${volume.minRows} rows, found ${claimed}`, { count: claimed })];
  return [];
}
