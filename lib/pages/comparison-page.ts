import type { MetricDifference } from '#core/compare/compare-metrics.ts';
import type { RunComparison } from '#core/compare/compare-runs.ts';
import type { RunFacts } from '#core/compare/run-facts.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import {
  importances,
  learningCurves,
  metricIntervals,
  reliability,
  residuals,
  type Sides,
  slices,
} from './comparison-charts.ts';
import { figure, type Html, html, page, section, table } from './html.ts';
import { parallelTrials } from './search-chart.ts';

/** Trials that are listed. */
const TOP = 10;

/**
 * The comparison of two runs as one HTML file that asks for nothing from anywhere: a verdict, what differs, metrics
 * with intervals, learning and reliability curves, slices, importances and the search. Aggregates only, never rows.
 */
export async function comparisonPage(a: RunFacts, b: RunFacts, comparison: RunComparison): Promise<string> {
  const sides: Sides = [a, b];
  const body = html`<h1>${nameOf(a, 'a')} and ${nameOf(b, 'b')}</h1>
<p class="meta">What differs between them, and which is better.</p>
<p class="verdict">${comparison.verdict}</p>
${facts(sides)}
${differences(comparison)}
${await metrics(sides, comparison)}
<div class="columns">
${await pictures(sides, 'Learning', 'The watched metric after each round: on the validation rows (solid) and the rows learned from (dashed). Where only the dashed line still improves, the model learns by heart.', learningCurves(sides))}
${await pictures(sides, 'Honest probabilities', 'Of the rows that got about the same probability, the share where it happened. On the dashed diagonal the two are the same; vertical lines are intervals.', reliability(sides))}
${await pictures(sides, 'Errors', 'Prediction less truth, from the rows predicted most too low to those most too high.', residuals(sides))}
${await pictures(sides, 'Importance', 'How much worse the model gets when the values of one feature change places on the test rows.', importances(sides))}
</div>
${await pictures(sides, 'Groups', 'The same metric in each group of the test rows that is large enough to be judged.', slices(sides, headline(comparison)))}
${await search(a, 'a')}
${await search(b, 'b')}`;
  return page(`${a.name} and ${b.name}`, body);
}

type Side = 'a' | 'b';

const nameOf = ({ name }: RunFacts, side: Side) => html`<span class="${side}">${name}</span>`;

function headline({ metrics: found }: RunComparison): string {
  return found[0]?.metric ?? 'logLoss';
}

function facts([a, b]: Sides): Html {
  const rows: [string, (facts: RunFacts) => string | null][] = [
    ['status', ({ status }) => status],
    ['started (UTC)', ({ startedAt }) => startedAt.slice(0, 19).replace('T', ' ')],
    ['took', ({ took }) => (took === null ? null : `${took.toFixed(1)} s`)],
    ['cost (estimate)', ({ costUsd }) => (costUsd === null ? null : `$${costUsd.toFixed(4)}`)],
    ['algorithm', ({ algorithm }) => algorithm],
    ['rounds', ({ rounds }) => (rounds === null ? null : String(rounds))],
    ['test rows', ({ testRows }) => testRows?.toLocaleString('en-US') ?? null],
    [
      'data',
      ({ datasets }) =>
        Object.entries(datasets)
          .map(([name, version]) => `${name}@${version}`)
          .join(', ') || null,
    ],
    ['code', ({ codeVersion }) => codeVersion],
    ['run', ({ runId }) => runId],
  ];
  return section('The two', 'Who is who in all tables and pictures below.', [
    ...table(
      ['', a.name, b.name],
      rows
        .map(([name, of]) => [name, of(a), of(b)] as const)
        .filter(([, left, right]) => left !== null || right !== null)
        .map(([name, left, right]) => [name, left ?? '-', right ?? '-']),
    ),
  ]);
}

function differences({ a, b, differences: found }: RunComparison): Html {
  return section(
    'What differs',
    'Spec, features, parameters, data, code and libraries. What is not named here is equal.',
    table(
      ['field', 'of', a, b],
      found.map(({ kind, field, a: left, b: right }) => [field || kind, kind, code(left), code(right)]),
    ),
  );
}

function code(value: unknown): Html {
  if (value === undefined) return html`-`;
  return html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;
}

async function metrics(sides: Sides, { a, b, metrics: found, sameRows }: RunComparison): Promise<Html> {
  const drawn = await Promise.all(metricIntervals(sides));
  return section(
    'Metrics',
    `On the test rows: the newest, which neither training nor its choice of rounds has seen. Lines are 95 % intervals.${sameRows ? '' : ' The test rows of the two are not the same.'}`,
    [
      ...table(
        ['metric', a, b, 'difference', 'better'],
        found.map((metric) => metricRow(a, b, metric)),
      ),
      ...drawn.map((svg) => figure(svg, `${a} above, ${b} below it; each metric on its own scale.`)),
    ],
  );
}

function metricRow(a: string, b: string, { metric, difference, better, apart, ...values }: MetricDifference) {
  return [
    metric,
    estimate(values.a),
    estimate(values.b),
    difference === null ? '-' : `${difference > 0 ? '+' : ''}${difference.toPrecision(3)}`,
    better === null
      ? '-'
      : html`<span class="${better}">${better === 'a' ? a : b}</span>${apart ? ', surely' : ''}`,
  ];
}

function estimate({ value, low, high }: Estimate): Html {
  if (value === null) return html`-`;
  const range = low === null || high === null ? '' : ` (${digits(low)} to ${digits(high)})`;
  return html`${digits(value)}<span class="meta">${range}</span>`;
}

const digits = (value: number) => String(Number(value.toPrecision(4)));

async function pictures(
  [a, b]: Sides,
  title: string,
  explanation: string,
  drawn: readonly Promise<Html>[],
): Promise<Html> {
  if (drawn.length === 0) return html``;
  const figures = (await Promise.all(drawn)).map((svg) => html`<figure>${svg}</figure>\n`);
  const legend = html`<p class="legend">${nameOf(a, 'a')} ${nameOf(b, 'b')}</p>\n`;
  return section(title, explanation, [legend, html`<div class="pictures">${figures}</div>`]);
}

async function search(run: RunFacts, side: Side): Promise<Html> {
  const { name, trials } = run;
  if (trials.length === 0) return html``;
  const drawn = await Promise.all(parallelTrials(trials, `var(--${side})`));
  const count = (status: string) => trials.filter((trial) => trial.status === status).length;
  const rows = trials
    .slice(0, TOP)
    .map(({ rank, number, candidate, status, value, parameters, error }) => [
      rank,
      number,
      candidate,
      status,
      value === null ? '-' : digits(value),
      html`<code>${error ?? describe(parameters)}</code>`,
    ]);
  return section(
    `Search of ${name}`,
    `${trials.length} trials: ${count('completed')} completed, ${count('pruned')} stopped early, ${count('failed')} failed. Each line is a completed trial, the thick one the best.`,
    [
      ...drawn.map((svg) => html`<figure>${svg}</figure>\n`),
      ...table(['rank', 'trial', 'algorithm', 'status', 'value', 'settings'], rows),
    ],
  );
}

function describe(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? digits(value) : value}`)
    .join(', ');
}
