import type { ColumnDrift } from '#core/drift/column-drift.ts';
import type { ColumnShares } from '#core/drift/report.ts';
import { percent, figure as short } from '#core/figures.ts';
import type { InputDrift, WindowReport } from '#core/monitor/report.ts';
import { shareBars } from './drift-charts.ts';
import { figure, type Html, html, section, table } from './html.ts';
import { digits, minute, NONE, pValue } from './window-figures.ts';

/** Columns that have a picture. */
const MOST_PICTURES = 20;
/** Columns that are told of the window before. */
const MOST_BEFORE = 8;

type Column = InputDrift['columns'][number];
interface Watched {
  readonly column: Column;
  readonly shares: ColumnShares;
}

/** Drift of the inputs: pictures of the columns that moved most and matter most, then all of them in numbers. */
export async function inputSections({ inputs, minRows }: WindowReport): Promise<Html> {
  const ranked = rankedColumns(inputs);
  if (inputs.psi === null) return html``;
  return html`${await pictures(inputs, ranked)}${numbers(inputs, minRows, ranked)}`;
}

/** Drifted columns first, then shifted ones, the others, and those that nothing is known of; each by weight x PSI. */
function rankedColumns(inputs: InputDrift): Watched[] {
  const even = 1 / Math.max(1, inputs.columns.length);
  const place = ({ column, psi }: Column) =>
    inputs.drifted.includes(column) ? 0 : inputs.shifted.includes(column) ? 1 : psi === null ? 3 : 2;
  const moved = ({ weight, psi }: Column) => (weight ?? even) * (psi ?? 0);
  return inputs.columns
    .map((column, index) => ({ column, shares: inputs.profiles[index] as ColumnShares }))
    .sort((a, b) => place(a.column) - place(b.column) || moved(b.column) - moved(a.column));
}

async function pictures(inputs: InputDrift, ranked: readonly Watched[]): Promise<Html> {
  const shown = ranked.filter(({ column }) => column.psi !== null).slice(0, MOST_PICTURES);
  const drawn: Html[] = [];
  for (const { column, shares } of shown) {
    const title = html`${column.column} ${verdictOf(inputs, column)}`;
    drawn.push(figure(await shareBars(shares), told(column), title));
  }
  if (drawn.length === 0) return html``;
  const left = inputs.columns.length - drawn.length;
  const others = left === 0 ? '' : ` ${left} more columns are in the table below.`;
  return section(
    'Inputs',
    `Rows by bin or level: drifted columns first, then by how far a column moved times how much the model relies on it.${others}`,
    [
      html`<p class="legend"><span class="a">training data</span> <span class="b">this window</span></p>\n`,
      html`<div class="pictures small">${drawn}</div>`,
    ],
  );
}

/** A column's figures in words, below its picture. */
export function told(drift: ColumnDrift & { readonly weight?: number | null }): string {
  const { psi, bound, weight, jensenShannon, kolmogorovSmirnov, chiSquare, wasserstein } = drift;
  return [
    `PSI ${digits(psi)} (noise stays below ${digits(bound)})`,
    ...(weight == null ? [] : [reliance(weight)]),
    `Jensen-Shannon ${digits(jensenShannon)}`,
    ...(kolmogorovSmirnov ? [`KS ${digits(kolmogorovSmirnov.statistic)}`] : []),
    ...(wasserstein === null ? [] : [`Wasserstein ${digits(wasserstein)} sd`]),
    ...(chiSquare ? [`chi-square p ${pValue(chiSquare.pValue)}`] : []),
  ].join(' · ');
}

const reliance = (weight: number) =>
  weight === 0 ? 'the model does not rely on it' : `the model relies on it for ${percent(weight)}`;

function numbers(inputs: InputDrift, minRows: number, ranked: readonly Watched[]): Html {
  const light =
    inputs.light.length === 0
      ? ''
      : ' Light: it drifted, but the model relies on it for so little that it raises no alarm.';
  return section(
    'Every column in numbers',
    `A column has drifted when its PSI is ${short(inputs.threshold)} or more, more than sampling noise explains, and the window has at least ${minRows} rows; it has shifted when that holds for a smaller PSI, from a Jensen-Shannon distance of 0.1.${light}`,
    table(
      ['column', 'weight', 'PSI', 'noise', 'p', 'KS', 'chi-square p', 'J-S', 'Wasserstein', 'verdict'],
      ranked.map(({ column }) => [
        column.column,
        column.weight === null ? NONE : percent(column.weight),
        digits(column.psi),
        digits(column.bound),
        pValue(column.pValue),
        digits(column.kolmogorovSmirnov?.statistic ?? null),
        pValue(column.chiSquare?.pValue ?? null),
        digits(column.jensenShannon),
        column.wasserstein === null ? NONE : `${digits(column.wasserstein)} sd`,
        verdictOf(inputs, column),
      ]),
    ),
  );
}

function verdictOf({ drifted, shifted, light }: InputDrift, { column, verdict }: ColumnDrift): Html {
  if (light.includes(column)) return html`<span class="soft">drifted, light</span>`;
  if (drifted.includes(column)) return html`<span class="b">drifted</span>`;
  if (shifted.includes(column)) return html`<span class="b">shifted</span>`;
  return html`<span class="soft">${VERDICTS[verdict]}</span>`;
}

/** Of one column alone, or of a column that its window does not report among all. */
export const VERDICTS: Readonly<Record<ColumnDrift['verdict'], string>> = {
  stable: 'stable',
  // Among those that all columns together explain: see `modelDrift`.
  drifted: 'chance, among so many columns',
  shifted: 'chance, among so many columns',
  'within-noise': 'within sampling noise',
  'too-few-rows': 'too few rows',
  'no-rows': 'no rows',
};

/** The window before, over the same bins: what is new, whatever the training data were like. */
export function beforeSection({ before, compared, minRows }: WindowReport): Html {
  if (!before) return html``;
  const { inputs, from, to } = before;
  const ranked = rankedColumns(inputs).filter(({ column }) => column.psi !== null);
  const named = [...inputs.drifted, ...inputs.shifted];
  const moved =
    named.length === 0
      ? 'No column moved more than sampling noise explains'
      : `${named.length} of ${inputs.columns.length} columns moved more than sampling noise explains`;
  const found = compared < minRows ? 'Too few rows to say what moved' : moved;
  return section(
    'Against the window before',
    `${found} since the window from ${minute(from)} to ${minute(to)}. This tells a sudden change from one that has been there for long.`,
    table(
      ['column', 'PSI', 'noise', 'verdict'],
      ranked
        .slice(0, MOST_BEFORE)
        .map(({ column }) => [
          column.column,
          digits(column.psi),
          digits(column.bound),
          verdictOf(inputs, column),
        ]),
    ),
  );
}
