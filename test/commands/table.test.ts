import { expect, it } from 'vitest';
import { red } from '#lib/commands/printer.ts';
import { list, table } from '#lib/commands/table.ts';
import { captured } from './captured.ts';

const withoutColours = (text: string) => {
  const { print, text: written } = captured();
  print.result({}, () => text);
  return written().trimEnd();
};

it('columns are aligned under their titles, numbers to the right, and lines end without blanks', () => {
  const rows = [
    { dataset: 'flights', rows: '80,789', took: '-', note: 'newest' },
    { dataset: 'weather', rows: '26', took: '1.5 s', note: '' },
  ];
  expect(withoutColours(table(rows))).toBe(
    ['dataset    rows   took  note', 'flights  80,789      -  newest', 'weather      26  1.5 s'].join('\n'),
  );
});

it('a first column of numbers keeps its title above them', () => {
  expect(withoutColours(table([{ a: '1' }, { a: '100' }]))).toBe('  a\n  1\n100');
});

it('colours take no room', () => {
  const [plainRows, colouredRows] = [
    ['failed', 'ok'],
    [red('failed'), 'ok'],
  ].map((states) => table(states.map((state) => ({ state, version: 'v1' }))));
  expect(withoutColours(colouredRows as string)).toBe(withoutColours(plainRows as string));
});

it('no rows are no table', () => {
  expect(table([])).toBe('');
});

it('a list aligns its values', () => {
  expect(
    list([
      ['api', 'x'],
      ['environment', 'y'],
    ]),
  ).toBe('api          x\nenvironment  y');
});
