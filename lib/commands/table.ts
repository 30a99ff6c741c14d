import { stripVTControlCharacters } from 'node:util';
import { bold } from './printer.ts';

/** One row: column title -> cell. */
export type TableRow = Readonly<Record<string, string>>;

const NUMBER = /^-?[\d,]+(\.\d+)?( s)?$/;
const GAP = '  ';

/** Rows under the titles of the first one, aligned; columns of numbers to the right. Empty for no rows. */
export function table(rows: readonly TableRow[]): string {
  const titles = Object.keys(rows[0] ?? {});
  const columns = titles.map((title) => {
    const cells = rows.map((row) => row[title] ?? '');
    const shown = cells.map(stripVTControlCharacters);
    const width = Math.max(title.length, ...shown.map((cell) => cell.length));
    const filled = shown.filter((cell) => cell !== '' && cell !== '-');
    const right = filled.length > 0 && filled.every((cell) => NUMBER.test(cell));
    return [bold(title), ...cells].map((cell) => align(cell, width, right));
  });
  return [undefined, ...rows]
    .map((_, line) =>
      columns
        .map((cells) => cells[line] ?? '')
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values, a line each, the values aligned. */
export function list(entries: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}${GAP}${value}`.trimEnd()).join('\n');
}

function align(cell: string, width: number, right: boolean): string {
  const padding = ' '.repeat(width - stripVTControlCharacters(cell).length);
  return right ? padding + cell : cell + padding;
}
