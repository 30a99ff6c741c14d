import type { WindowRecord } from '#core/monitor/records.ts';
import type { WindowReport } from '#core/monitor/report.ts';
import { figure, type Html, html, page, section, table } from './html.ts';
import {
  attributionSection,
  estimateSection,
  groupSections,
  latencySection,
  predictionSection,
  qualitySection,
  truthSection,
} from './window-answers.ts';
import { driftLine, performanceLine, type TimePoint } from './window-charts.ts';
import { count, digits, minute } from './window-figures.ts';
import { beforeSection, inputSections } from './window-inputs.ts';

/** Windows that a time line shows, the newest. */
const MOST_WINDOWS = 200;

/**
 * What a window of predictions showed, as one HTML file that asks for nothing from anywhere: what needs attention, how
 * the windows before were, then pictures and numbers of all that is watched. Shares only, never rows.
 * @param history records of the model's windows, those after it as well, in any order, with or without this one
 */
export async function windowPage(report: WindowReport, history: readonly WindowRecord[]): Promise<string> {
  const { model, version, from, to, rows, revision, asOf } = report;
  const body = html`<h1>How <span class="b">${model}</span> fared</h1>
<p class="meta">${minute(from)} to ${minute(to)} (UTC) · ${count(rows)} ${rows === 1 ? 'prediction' : 'predictions'} · against version ${version} · revision ${revision} of ${minute(asOf)}</p>
${verdict(report)}
${await timeLine(report, history)}
${await inputSections(report)}
${beforeSection(report)}
${await predictionSection(report)}
${await attributionSection(report)}
${await groupSections(report)}
${qualitySection(report)}
${latencySection(report)}
${estimateSection(report)}
${await truthSection(report)}
${notCompared(report)}
${glossary()}`;
  return page(`${model}, ${minute(from)} to ${minute(to)}`, body);
}

function verdict({ attention, rows, compared, minRows, truth, inputs }: WindowReport): Html {
  const few = rows === 0 ? 'Nobody asked the model: there is nothing to judge.' : tooFew(compared, minRows);
  if (attention.length > 0) {
    const causes = attention.map(({ text }) => html`<li>${sentence(text)}</li>\n`);
    return html`<div class="verdict attention"><strong>Needs attention</strong><ul>
${causes}</ul>${few}</div>`;
  }
  const told = [
    few || 'Nothing needs attention.',
    ...(inputs.shifted.length > 0
      ? [`Moved, but not enough for an alarm: ${inputs.shifted.join(', ')}.`]
      : []),
    ...(inputs.light.length > 0
      ? [`Drifted, but the model hardly relies on it: ${inputs.light.join(', ')}.`]
      : []),
    ...(truth === null && rows > 0 ? ['How right the answers were is not known yet.'] : []),
  ];
  return html`<p class="verdict">${told.join(' ')}</p>`;
}

const tooFew = (compared: number, minRows: number) =>
  compared < minRows
    ? `${count(compared)} ${compared === 1 ? 'row is' : 'rows are'} too few to judge drift: a window needs at least ${count(minRows)}.`
    : '';

/** With its full stop, and no figure apart from its %. */
const sentence = (text: string) => `${text.replace(/\.$/, '')}.`.replaceAll(' %', '\u00a0%');

/** This window among those that are known: the ones after it, too, when its truth came late. */
async function timeLine(report: WindowReport, history: readonly WindowRecord[]): Promise<Html> {
  const metric = watchedMetric(report, history);
  const points = timePoints(report, history, metric);
  if (points.length < 2) {
    return section('Window by window', 'No other window is known.', [html``]);
  }
  const measured = points.some(
    ({ performance, estimate }) => performance?.value != null || estimate !== null,
  );
  const { threshold } = report.inputs;
  return section('Window by window', `${points.length} windows; this one has the large dots.`, [
    html`<p class="legend"><span class="a">mean of all columns, by weight</span> <span class="b">column that drifted most</span></p>\n`,
    lineFigure(
      await driftLine(points, threshold),
      `Drift of the inputs. The dashed line is the alarm, PSI ${digits(threshold)}; a column that did not drift counts as 0, and a gap is a window of too few rows. The mean has sampling noise in it, the more the fewer rows.`,
    ),
    ...(metric !== null && measured
      ? [
          html`<p class="legend"><span class="a">estimate without truth</span> <span class="b">with truth, 95 % interval</span></p>\n`,
          lineFigure(
            await performanceLine(points, metric),
            `Performance: ${metric}. The dashed line is an estimate from the model's own probabilities.`,
          ),
        ]
      : []),
  ]);
}

/** As wide as can be read: on a small screen it scrolls, the newest windows first. */
const lineFigure = (svg: Html, caption: string) => figure(html`<div class="timeline">${svg}</div>`, caption);

function timePoints(
  report: WindowReport,
  history: readonly WindowRecord[],
  metric: string | null,
): TimePoint[] {
  const others = history
    .filter(({ from, to, version }) => from !== report.from || to !== report.to || version !== report.version)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .slice(-MOST_WINDOWS + 1)
    .map((record) => ({
      at: Date.parse(record.from),
      version: record.version,
      isThis: false,
      overall: record.overall,
      alarm: record.alarmPsi,
      performance: record.performance?.metric === metric ? record.performance : null,
      estimate: record.estimate,
    }));
  const own = {
    at: Date.parse(report.from),
    version: report.version,
    isThis: true,
    overall: report.inputs.overall,
    alarm: report.inputs.alarmPsi,
    performance: report.truth?.watched?.now ?? null,
    estimate: metric === null ? null : (report.estimate?.metrics[metric] ?? null),
  };
  return [...others, own].sort((a, b) => a.at - b.at);
}

/** What performance is told by. */
function watchedMetric({ truth, estimate }: WindowReport, history: readonly WindowRecord[]): string | null {
  const [newest] = history
    .filter(({ performance }) => performance !== null)
    .sort((a, b) => (a.to < b.to ? 1 : -1));
  return truth?.watched?.metric ?? estimate?.watched ?? newest?.performance?.metric ?? null;
}

function notCompared({ inputs: { sensitive } }: WindowReport): Html {
  return section(
    'Not compared',
    'Columns marked sensitive: the log has hashes of them, or nothing.',
    table(
      ['column'],
      sensitive.map((column) => [column]),
    ),
  );
}

function glossary(): Html {
  return section(
    'What the figures are',
    'The formulas and their sources are in docs/monitoring.md.',
    table(['figure', 'what it says'], GLOSSARY),
  );
}

const GLOSSARY: readonly (readonly [string, string])[] = [
  [
    'PSI',
    'Population stability index over the bins of the training data: 0 is the same shares, 0.2 and more a drift.',
  ],
  ['noise', 'The PSI that sampling alone stays below in 95 of 100 windows of this size.'],
  ['p', 'The chance of a PSI this large without drift.'],
  [
    'weight',
    "The share of the model's mean |SHAP value| that comes from the column: how much the model relies on it.",
  ],
  [
    'KS',
    'Kolmogorov-Smirnov: the largest distance of the two distribution functions at the borders of the bins, 0 to 1.',
  ],
  ['chi-square p', 'The chance that bins differ this much without drift.'],
  ['J-S', 'Jensen-Shannon distance over the bins: 0 is the same, 1 is nothing in common.'],
  ['Wasserstein', 'How far a value moves on average, in standard deviations of the training data.'],
  ['nDCG', 'How alike two rankings of the features are, the first ranks counting most: 1 is the same.'],
  ['estimate', "A metric computed from the model's own probabilities instead of truth."],
  ['95 % interval', 'Where the figure of very many such rows would be, 95 times of 100.'],
];
