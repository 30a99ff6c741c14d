import type { ColumnDrift } from '#core/drift/column-drift.ts';
import { type ColumnShares, type DriftReport, driftVerdict } from '#core/drift/report.ts';
import { figure as short } from '#core/figures.ts';
import { shareBars } from './drift-charts.ts';
import { figure, type Html, html, page, section, table } from './html.ts';

/** Columns that have a picture. */
const MOST_PICTURES = 12;

/**
 * How far a window's inputs are from what a version was trained on, as one HTML file that asks for nothing from anywhere: a
 * sentence, every column in numbers, pictures of those that moved most. Shares only, never rows.
 */
export async function driftPage(report: DriftReport): Promise<string> {
  const { model, version, rows, from, to, columns, profiles } = report;
  const name = `${model}@${version}`;
  const ranked = columns
    .map((drift, index) => ({ drift, shares: profiles[index] as ColumnShares }))
    .sort((a, b) => rank(report, a.drift) - rank(report, b.drift));
  const body = html`<h1>What <span class="b">${model}</span> is asked, against what it was trained on</h1>
<p class="meta">${rows.toLocaleString('en-US')} logged rows from ${minute(from)} to ${minute(to)} (UTC), against the training data of ${name}</p>
<p class="verdict">${driftVerdict(report)}</p>
${numbers(
  report,
  ranked.map(({ drift }) => drift),
)}
${await pictures(ranked)}
${section(
  'Not compared',
  'Columns marked sensitive: the log has hashes of them, or nothing.',
  table(
    ['column'],
    report.sensitive.map((column) => [column]),
  ),
)}`;
  return page(`Drift of ${model}`, body);
}

/** The least first: drifted columns, then those of the largest PSI, those without one last. */
function rank({ drifted }: DriftReport, { column, psi }: ColumnDrift): number {
  const place = drifted.indexOf(column);
  return place >= 0 ? place - drifted.length : psi === null ? 2 : 1 / (1 + psi);
}

function numbers(report: DriftReport, columns: readonly ColumnDrift[]): Html {
  return section(
    'Every column',
    `A column has drifted when its PSI is ${short(report.threshold)} or more, more than sampling noise explains, and the window has at least ${report.minRows} rows; it has shifted when that holds for a smaller PSI, from a Jensen-Shannon distance of 0.1. Noise alone stays below the bound in 95 of 100 windows; p is the chance that it reaches this PSI.`,
    table(
      ['column', 'PSI', 'bound', 'p', 'verdict'],
      columns.map((drift) => [
        drift.column,
        digits(drift.psi),
        digits(drift.bound),
        drift.pValue === null ? '-' : drift.pValue < 0.0001 ? 'below 0.0001' : digits(drift.pValue),
        verdictOf(report, drift),
      ]),
    ),
  );
}

function verdictOf({ drifted, shifted }: DriftReport, { column, verdict }: ColumnDrift): Html {
  if ([...drifted, ...shifted].includes(column)) return html`<span class="b">${verdict}</span>`;
  return html`${VERDICTS[verdict]}`;
}

const VERDICTS: Readonly<Record<ColumnDrift['verdict'], string>> = {
  stable: 'stable',
  // Among those that all columns together explain: see `modelDrift`.
  drifted: 'chance, among so many columns',
  shifted: 'chance, among so many columns',
  'within-noise': 'within sampling noise',
  'too-few-rows': 'too few rows',
  'no-rows': 'no rows',
};

async function pictures(ranked: readonly { drift: ColumnDrift; shares: ColumnShares }[]): Promise<Html> {
  const shown = ranked.filter(({ drift }) => drift.psi !== null).slice(0, MOST_PICTURES);
  const drawn: Html[] = [];
  for (const { drift, shares } of shown) {
    drawn.push(figure(await shareBars(shares), `${drift.column}: PSI ${digits(drift.psi)}`));
  }
  if (drawn.length === 0) return html``;
  return section('Then and now', 'Rows by bin or level, of the columns that moved most.', [
    html`<p class="legend"><span class="a">training data</span> <span class="b">this window</span></p>\n`,
    html`<div class="pictures">${drawn}</div>`,
  ]);
}

const digits = (value: number | null) => (value === null ? '-' : String(Number(value.toPrecision(4))));
const minute = (instant: string) => instant.slice(0, 16).replace('T', ' ');
