import type { AnswerChange, ReplayReport } from '#core/replay/report.ts';
import { figure, type Html, html, page, section, table } from './html.ts';
import { answerHistogram, changeHistogram, labelBars, labelMatrix } from './replay-charts.ts';

/**
 * What a version would have answered to logged traffic, as one HTML file that asks for nothing from anywhere: sentences,
 * pictures of the answers then and now and of how far they move, tables. Aggregates only, never rows.
 */
export async function replayPage(report: ReplayReport): Promise<string> {
  const { model, version, rows, from, to, verdict, change } = report;
  const name = `${model}@${version}`;
  const body = html`<h1>What <span class="b">${name}</span> would have answered</h1>
<p class="meta">${count(rows)} logged answers from ${minute(from)} to ${minute(to)} (UTC), asked for by ${report.by}: ${report.reason}</p>
<p class="verdict">${verdict.map((sentence) => html`${sentence}<br>\n`)}</p>
${change ? await pictures(name, change) : html``}
<div class="columns">
${change ? numbers(name, change) : html``}
${answered(report)}
${truth(name, report)}
${unread(name, report)}
</div>`;
  return page(`${name} replayed`, body);
}

async function pictures(name: string, change: AnswerChange): Promise<Html> {
  const drawn =
    change.task === 'multiclass'
      ? [
          figure(await labelBars(change), 'Rows a label.'),
          figure(
            await labelMatrix(change),
            'Rows by their label then and now: on the diagonal nothing changes.',
          ),
        ]
      : [
          figure(
            await answerHistogram(change),
            'Rows by their answer. The outermost bins hold what is beyond.',
          ),
          figure(
            await changeHistogram(change),
            'Rows by how far their answer moves: right of the dashed line it is higher than it was.',
          ),
        ];
  return section('Then and now', 'The same rows, as they were answered and as the version answers them.', [
    html`<p class="legend"><span class="a">answered then</span> <span class="b">${name}</span></p>\n`,
    html`<div class="pictures">${drawn}</div>`,
  ]);
}

function numbers(name: string, change: AnswerChange): Html {
  const explanation = `PSI of the answers: ${digits(change.psi)}. The same to the bit: ${count(change.equal)} rows.`;
  const titles = ['', 'answered then', name];
  if (change.task === 'multiclass') {
    const rows = change.labels.map((label, place) => {
      const before = change.confusion[place]?.reduce((sum, cell) => sum + cell, 0) ?? 0;
      const after = change.confusion.reduce((sum, cells) => sum + (cells[place] as number), 0);
      return [label, count(before), count(after)];
    });
    return section('In numbers', explanation, table(titles, rows));
  }
  const { mean, difference } = change;
  const positive =
    change.task === 'binary'
      ? [['positive', count(change.positive.before), count(change.positive.after)]]
      : [];
  const moved = Object.entries(difference).map(([at, value]) => [QUANTILES[at] ?? at, digits(value)]);
  return section('In numbers', explanation, [
    ...table(titles, [...positive, ['mean', digits(mean.before), digits(mean.after)]]),
    ...table(['change of a row', ''], moved),
  ]);
}

const QUANTILES: Readonly<Record<string, string>> = {
  min: 'lowest',
  p5: '5 %',
  p25: '25 %',
  p50: 'median',
  p75: '75 %',
  p95: '95 %',
  max: 'highest',
};

function answered({ answered: found }: ReplayReport): Html {
  return section(
    'By who answered then',
    'Rows that each version answered, and those of them whose decision, label or value would be another.',
    table(
      ['version', 'rows', 'changed'],
      found.map(({ version, rows, changed }) => [version, count(rows), count(changed)]),
    ),
  );
}

function truth(name: string, { truth: found }: ReplayReport): Html {
  if (!found) return html``;
  const { rows, right, metrics } = found;
  const shares =
    right.before === null || right.after === null
      ? []
      : [['decided right', digits(right.before), digits(right.after), '-']];
  return section(
    'Against what happened',
    `On the ${count(rows)} rows whose truth is in, paired; a difference above 0 is worse.`,
    table(
      ['', 'answered then', name, 'difference'],
      [
        ...metrics.map(({ metric, before, after, difference }) => [
          metric,
          ...[before, after, difference].map(digits),
        ]),
        ...shares,
      ],
    ),
  );
}

function unread(name: string, { refused, unread: missing }: ReplayReport): Html {
  const because = (why: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([column, rows]) => [column, why, count(rows)]);
  return section(
    'What could not be read',
    `${count(refused.rows)} rows were not scored.`,
    table(
      ['column', 'why', 'rows'],
      [
        ...because('not in the log: not scored', refused.absent),
        ...because(`holds what ${name} does not take: not scored`, refused.unfit),
        ...because('hidden in the log: read as missing', missing.hidden),
        ...because('not in the log: read as missing', missing.absent),
      ],
    ),
  );
}

const count = (value: number) => value.toLocaleString('en-US');
const digits = (value: number | null) => (value === null ? '-' : String(Number(value.toPrecision(4))));
const minute = (instant: string) => instant.slice(0, 16).replace('T', ' ');
