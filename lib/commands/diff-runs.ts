import { writeFile } from 'node:fs/promises';
import type { MetricDifference } from '#core/compare/compare-metrics.ts';
import { compareRuns, type RunComparison } from '#core/compare/compare-runs.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import { UsageError } from './arguments.ts';
import { type FactsClient, loadFacts } from './load-facts.ts';
import { EXIT, type ExitCode, green, type Printer, plain } from './printer.ts';
import { parseReference } from './reference.ts';
import { table } from './table.ts';

export interface DiffRunsOptions {
  /** Two versions or runs, after their model when they do not name it themselves. */
  readonly names: readonly string[];
  /** Where to write the comparison as a page. @default it is not written */
  readonly html?: string;
}

/** `leeboard runs diff`: what differs between two versions or runs, and which is better. */
export async function diffRuns(
  client: FactsClient,
  { names, html }: DiffRunsOptions,
  print: Printer,
): Promise<ExitCode> {
  const [a, b, third] = names;
  const sides = third === undefined ? [a, b] : [b, third];
  const model = third === undefined ? undefined : a;
  if (names.length < 2 || names.length > 3) {
    throw new UsageError(
      `expected two versions or runs, such as "flights-late@1 flights-late@2" or "flights-late 1 2", got ${names.length} names`,
    );
  }
  const [left, right] = sides.map((name) => parseReference(client.outputs, name as string, model));
  const facts = await Promise.all(
    [left, right].map((side) => loadFacts(client, side as NonNullable<typeof side>)),
  );
  const [of, than] = facts as [(typeof facts)[0], (typeof facts)[0]];
  const comparison = compareRuns(of, than);
  if (html !== undefined) {
    const { comparisonPage } = await import('#lib/pages/comparison-page.ts');
    await writeFile(html, await comparisonPage(of, than, comparison));
  }
  print.result({ ...comparison, ...(html !== undefined && { html }) }, () =>
    describeComparison(comparison, html),
  );
  return EXIT.ok;
}

/** The differences as tables, after the verdict. */
export function describeComparison(
  { a, b, differences, metrics, sameRows, verdict }: RunComparison,
  html?: string,
): string {
  const rows = differences.map((found) => ({
    what: found.kind,
    field: plain(found.field),
    [a]: side(found.a),
    [b]: side(found.b),
  }));
  return [
    plain(verdict),
    table(rows),
    table(metrics.map((found) => metricRow(a, b, found))),
    sameRows || metrics.length === 0 ? '' : 'The metrics are of different test rows.',
    html === undefined ? '' : `page: ${html}`,
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function side(value: unknown): string {
  if (value === undefined) return '-';
  const text = plain(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function metricRow(a: string, b: string, { metric, difference, better, apart, ...values }: MetricDifference) {
  const cell = (estimate: Estimate, wins: boolean) => (wins ? green : String)(estimateText(estimate));
  return {
    metric,
    [a]: cell(values.a, better === 'a'),
    [b]: cell(values.b, better === 'b'),
    difference: difference === null ? '-' : `${difference > 0 ? '+' : ''}${difference.toFixed(4)}`,
    better: better === null ? '-' : `${better === 'a' ? a : b}${apart ? ', surely' : ''}`,
  };
}

/** `0.6424 (0.6370 to 0.6480)` */
function estimateText({ value, low, high }: Estimate): string {
  if (value === null) return '-';
  return low === null || high === null
    ? value.toFixed(4)
    : `${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}
