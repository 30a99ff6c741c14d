import { titleOf } from '#core/evaluate/gate-check.ts';
import { judgeGates } from '#core/evaluate/index.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import { type ApprovalCard, stepsToChampion } from '#core/registry/approval-card.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { Html, html, page, section, table } from './html.ts';

/** Columns that are shown; the rest move answers less. */
const TOP = 12;

/**
 * What a person needs to approve a version or not, as one HTML file that asks for nothing from anywhere: what it
 * predicts, what it learned from, how it does against the champion on the same newest rows, in groups, what drives it,
 * and what happens then. Aggregates only, never rows.
 */
export function approvalPage(card: ApprovalCard): string {
  const { model, version, approval } = card;
  const name = `${model}@${version}`;
  const body = html`<h1>Shall <span class="b">${name}</span> become champion?</h1>
<p class="meta">Asked on ${minute(approval.requestedAt)}, to be answered before ${minute(approval.expiresAt)} (UTC). Without an answer nothing changes.</p>
<p class="verdict">${verdictOf(card)}</p>
${answers(card)}
<div class="columns">
${prediction(card)}
${learned(card)}
</div>
${comparison(card)}
${gates(card)}
${groups(card)}
${fairness(card)}
${drivers(card)}`;
  return page(`Approve ${name}?`, body);
}

/** How it does against the champion and the naive baseline, in the words of the gates. */
function verdictOf({ spec, evaluation, version }: ApprovalCard): string {
  const { checks } = judgeGates(spec.gates, evaluation);
  const said = checks.filter(({ gate }) => gate === 'champion' || gate === 'baseline');
  const compared = said.map(({ sentence }) => sentence).join('; ') || 'its spec compares it with nothing';
  return `On the ${count(evaluation.test.rows)} newest rows, which version ${version} has not learned from: ${compared}.`;
}

function answers(card: ApprovalCard): Html {
  const { model, version, approval } = card;
  const name = `${model}@${version}`;
  return section('What happens', 'Once it is approved; when it is rejected, nothing.', [
    html`<ol>${stepsToChampion(card).map((step) => html`<li>${step}</li>`)}</ol>
<p><code>npx leeboard approve ${name} --reason "..."</code></p>
<p><code>npx leeboard reject ${name} --reason "..."</code></p>
<p class="meta">What is approved is the bundle whose manifest has the SHA-256 <code>${approval.sha256}</code>.</p>
`,
  ]);
}

const TASKS: Readonly<Record<ModelSpec['task'], string>> = {
  binary: 'how likely it is that',
  multiclass: 'which it is of',
  regression: 'the number',
};

function prediction({ spec, evaluation }: ApprovalCard): Html {
  const { threshold } = evaluation.decision;
  const rows: [string, string | Html][] = [
    ['it predicts', html`${TASKS[spec.task]} <code>${spec.label}</code>`],
    ['of each row of', spec.from.name],
    [
      'from',
      `${Object.keys(spec.features).length} features${spec.join.length > 0 ? `, also of ${spec.join.map(({ dataset }) => dataset.name).join(', ')}` : ''}`,
    ],
    ...(spec.task === 'binary' && threshold !== null
      ? [['it says yes from', `a probability of ${digits(threshold)}`] as [string, string]]
      : []),
  ];
  return section('What it predicts', 'As its spec says.', table(['', ''], rows));
}

function learned({ spec, datasets, rows, algorithm, evaluation }: ApprovalCard): Html {
  const listed = datasets.map(
    ({ dataset, version, rows: all }) =>
      [`${dataset}@${version}`, all === null ? '-' : `${count(all)} rows`] as const,
  );
  return section('What it learned from', 'Versions of datasets never change.', [
    ...table(
      ['', ''],
      [
        ...listed,
        ['learned from', `${count(rows)} labelled rows`],
        ['judged by', `${count(evaluation.test.rows)} newer ones`],
        ['since', spec.since ?? 'the oldest row'],
        ['by', algorithm],
      ],
    ),
  ]);
}

function comparison({ version, approval, evaluation }: ApprovalCard): Html {
  const { test, champion } = evaluation;
  const before = champion?.metrics;
  const own: Readonly<Record<string, Estimate>> = test.metrics;
  const percent = `${digits(test.confidence * 100)} %`;
  const why = champion?.missing.length
    ? ` Version ${champion.version} needs columns that these rows do not have: ${champion.missing.join(', ')}.`
    : '';
  return section(
    'On the same newest rows',
    `Both answer the rows that version ${version} has not learned from. In brackets: ${percent} intervals.${why}`,
    table(
      ['', `version ${version}`, ...(before ? [`version ${approval.comparedWith}, the champion`] : [])],
      Object.entries(own).map(([metric, value]) => [
        titleOf(metric),
        estimate(value),
        ...(before ? [estimate(before[metric])] : []),
      ]),
    ),
  );
}

function gates({ spec, evaluation }: ApprovalCard): Html {
  return section(
    'Its gates',
    'What the spec demands of a version before anybody is asked.',
    table(
      ['demanded', 'found'],
      judgeGates(spec.gates, evaluation).checks.map(({ rule, sentence }) => [rule, sentence]),
    ),
  );
}

function groups({ evaluation }: ApprovalCard): Html {
  return section(
    'Groups',
    'Its loss in each group that is large enough to be judged; lower is better.',
    evaluation.slices.flatMap(({ by, against, groups: found }) =>
      table(
        [by, 'rows', 'its loss', against === 'champion' ? "the champion's" : "the naive baseline's", ''],
        found.map(({ group, rows, loss, referenceLoss, worse }) => [
          group ?? 'missing',
          count(rows),
          number(loss),
          number(referenceLoss),
          worse ? 'worse' : '',
        ]),
      ),
    ),
  );
}

function fairness({ evaluation }: ApprovalCard): Html {
  return section(
    'Fairness',
    'How its decisions treat groups: the share it says yes to, of all and of those where it is true, and of those where it is not.',
    evaluation.fairness.flatMap(({ by, groups: found, reference }) =>
      table(
        [by, 'rows', 'yes', 'yes where true', 'yes where not', 'yes against the reference'],
        found.map((group) => [
          `${group.group ?? 'missing'}${reference && reference.group === group.group ? ' (reference)' : ''}`,
          count(group.rows),
          estimate(group.selectionRate),
          estimate(group.truePositiveRate),
          estimate(group.falsePositiveRate),
          number(group.disparateImpact),
        ]),
      ),
    ),
  );
}

function drivers({ weights }: ApprovalCard): Html {
  const heaviest = Object.entries(weights ?? {}).sort(([, a], [, b]) => b - a);
  const [[, most] = ['', 0]] = heaviest;
  return section(
    'What drives it',
    'How much of what moves its answers comes from each column: its share of the mean |SHAP value|.',
    table(
      ['', '', 'share'],
      heaviest
        .slice(0, TOP)
        .map(([column, weight]) => [column, bar(weight / most), `${(weight * 100).toFixed(1)} %`]),
    ),
  );
}

/** @param share of the widest, 0 to 1 */
function bar(share: number): Html {
  return new Html(
    `<div style="width: ${(share * 100).toFixed(1)}%; min-width: 1px; height: 12px; margin-top: 5px; background: var(--b)"></div>`,
  );
}

function estimate(found: Estimate | undefined): Html {
  if (!found || found.value === null) return html`-`;
  const { value, low, high } = found;
  const range = low === null || high === null ? '' : ` (${digits(low)} to ${digits(high)})`;
  return html`${digits(value)}<span class="meta">${range}</span>`;
}

const number = (value: number | null) => (value === null ? '-' : digits(value));
const digits = (value: number) => String(Number(value.toPrecision(4)));
const count = (value: number) => value.toLocaleString('en-US');
const minute = (iso: string) => iso.slice(0, 16).replace('T', ' ');
