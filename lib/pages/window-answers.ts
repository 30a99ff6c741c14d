import { percent } from '#core/figures.ts';
import { GROUPS_APART } from '#core/monitor/group-counts.ts';
import type { WindowReport, WindowTruth } from '#core/monitor/report.ts';
import { shareBars } from './drift-charts.ts';
import { figure, type Html, html, section, table } from './html.ts';
import { attributionBars, groupRates } from './window-charts.ts';
import { count, digits, estimated, estimatedShare, groupName, minute, NONE } from './window-figures.ts';
import { told, VERDICTS } from './window-inputs.ts';

/** Features that have bars. */
const MOST_FEATURES = 20;

const LEGEND = (then: string) =>
  html`<p class="legend"><span class="a">${then}</span> <span class="b">this window</span></p>\n`;

/** What the version answered, against what it answered on its test rows. */
export async function predictionSection({ predictions, predictionShares }: WindowReport): Promise<Html> {
  if (!predictions || !predictionShares || predictions.psi === null) return html``;
  const verdict =
    predictions.verdict === 'drifted' || predictions.verdict === 'shifted'
      ? predictions.verdict
      : VERDICTS[predictions.verdict];
  return section(
    'Predictions',
    `What the version answered, against its answers on its test rows: ${verdict}.`,
    [LEGEND('test rows'), figure(await shareBars(predictionShares), told(predictions))],
  );
}

/** Whether the model relies on the same features as when it was judged. */
export async function attributionSection({ attribution }: WindowReport): Promise<Html> {
  if (!attribution) return html``;
  const { ndcg, threshold, rows, features } = attribution;
  const changed = ndcg < threshold ? 'the ranking has changed' : 'the ranking is the same, or nearly so';
  const shown = features.slice(0, MOST_FEATURES);
  const left = features.length - shown.length;
  return section(
    'What the model relies on',
    `Mean |SHAP value| of ${count(rows)} rows. nDCG of the ranking is ${digits(ndcg)}, and below ${digits(threshold)} it has changed: ${changed}.`,
    [
      LEGEND('test rows'),
      figure(
        await attributionBars(shown),
        `By the rank on the test rows.${left > 0 ? ` The first ${shown.length} of ${features.length} features.` : ''}`,
      ),
    ],
  );
}

/** Who is selected, without truth. */
export async function groupSections({ groups }: WindowReport): Promise<Html> {
  const parts: Html[] = [];
  for (const { by, missing, reference, rows, other, groups: members } of groups) {
    if (missing.length > 0) {
      parts.push(html`<p>${by}: not known, the log does not keep ${missing.join(', ')}.</p>\n`);
      continue;
    }
    const rates = members.map(({ group, selectionRate, breached }) => ({
      group: groupName(group),
      rate: selectionRate,
      breached,
    }));
    if (rates.length > 0) {
      parts.push(figure(await groupRates(rates), `Share selected, by ${by}, of ${count(rows)} rows.`));
    }
    parts.push(
      ...table(
        [
          by,
          'rows',
          'selected (95 % interval)',
          reference ? `ratio to ${groupName(reference.group)}` : 'ratio',
          '',
        ],
        members.map(({ group, rows: own, selectionRate, disparateImpact, breached }) => [
          groupName(group),
          count(own),
          estimatedShare(selectionRate),
          digits(disparateImpact),
          breached ? html`<span class="b">breached</span>` : '',
        ]),
      ),
    );
    if (other) {
      parts.push(
        html`<p>${by}: ${count(other)} rows are of other groups than the ${count(GROUPS_APART)} that are counted apart.</p>\n`,
      );
    }
  }
  return section(
    'Groups',
    'How many of each declared group are selected, without truth. A ratio of selection rates surely below the declared bound is a breach.',
    parts,
  );
}

/** Values that the dataset would refuse, and missing ones that became more. */
export function qualitySection({ quality, compared }: WindowReport): Html {
  if (compared === 0) return html``;
  const risen = new Map(quality.missing.map((each) => [each.column, each]));
  const broken = new Map(quality.columns.map((each) => [each.column, each]));
  const names = [...new Set([...broken.keys(), ...risen.keys()])];
  const explanation =
    names.length === 0
      ? `All values of ${count(compared)} rows are as the dataset declares them, and no column has surely more missing values than the training data.`
      : `Rows of ${count(compared)} whose values the dataset would refuse, and shares of missing values that surely rose.`;
  const rows = names.map((name) => {
    const [rise, { nulls, types, ranges }] = [
      risen.get(name),
      broken.get(name) ?? { nulls: 0, types: 0, ranges: 0 },
    ];
    const missing = rise ? `${percent(rise.before)} to ${percent(rise.now)}` : NONE;
    return [name, count(nulls), count(types), count(ranges), missing];
  });
  return said(
    'Data quality',
    explanation,
    table(['column', 'null', 'of another type', 'out of range', 'missing, then to now'], rows),
  );
}

export function latencySection({ latencyMs }: WindowReport): Html {
  if (!latencyMs) return html``;
  return said(
    'Latency',
    `Scoring a request took ${digits(latencyMs.p50)} ms in the middle, ${digits(latencyMs.p99)} ms at most for 99 of 100.`,
    [],
  );
}

/** What the probabilities say of the metrics, while nobody knows. */
export function estimateSection({ estimate }: WindowReport): Html {
  if (!estimate) return html``;
  return said(
    'Performance, estimated without truth',
    `What the metrics of ${count(estimate.rows)} rows would be if the model's probabilities are right: an estimate, not a measurement. It does not see that the world has changed behind the same inputs.`,
    table(
      ['metric', 'estimate'],
      Object.entries(estimate.metrics).map(([metric, value]) => [metric, digits(value)]),
    ),
  );
}

/** What happened, as far as it is known. */
export async function truthSection({ truth, version }: WindowReport): Promise<Html> {
  if (!truth) return said('Performance with truth', 'No truth of this window yet.', []);
  const { watched, metrics, labels, labelShares, groups } = truth;
  const stands = watched ? ` ${standing(watched, version)}` : '';
  const parts = table(
    ['metric', 'this window (95 % interval)', 'when it was judged'],
    Object.entries(metrics).map(([metric, now]) => [
      metric === watched?.metric ? html`<b>${metric}</b>` : metric,
      estimated(now),
      metric === watched?.metric ? estimated(watched.before) : NONE,
    ]),
  );
  if (labels && labelShares && labels.psi !== null) {
    parts.push(
      LEGEND('test rows'),
      figure(await shareBars(labelShares), told(labels), html`The truth itself`),
    );
  }
  for (const { by, groups: members } of groups) {
    parts.push(
      ...table(
        [by, 'rows', 'true', 'selected', 'true positive rate', 'false positive rate'],
        members.map((group) => [
          groupName(group.group),
          count(group.rows),
          ...[group.baseRate, group.selectionRate, group.truePositiveRate, group.falsePositiveRate].map(
            estimatedShare,
          ),
        ]),
      ),
    );
  }
  return said(
    'Performance with truth',
    `${count(truth.rows)} rows have a truth by ${minute(truth.asOf)} (UTC).${stands}`,
    parts,
  );
}

function standing({ metric, drop, margin }: NonNullable<WindowTruth['watched']>, version: number): string {
  const worse = `worse than when version ${version} was judged`;
  const allowed = margin > 0 ? `; ${digits(margin)} is allowed` : '';
  return drop > 0
    ? `${metric} is surely ${worse}, by at least ${digits(drop)}${allowed}.`
    : `${metric} is not surely ${worse}${allowed}.`;
}

/** A section whose explanation stands without a part, too. */
function said(title: string, explanation: string, parts: readonly Html[]): Html {
  return section(title, explanation, parts.length === 0 ? [html``] : parts);
}
