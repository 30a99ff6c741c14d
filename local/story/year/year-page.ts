import { chart } from '#lib/pages/chart.ts';
import { figure, type Html, html, page, section, table } from '#lib/pages/html.ts';
import { type Goal, SIDES, type Side, type YearFigures } from './figures.ts';
import { amountOf, boundOf } from './year-table.ts';

const NAMES: Readonly<Record<Side, string>> = {
  closedLoop: 'closed loop',
  never: 'never retrained',
  monthly: 'retrained every month',
};
const COLOURS: Readonly<Record<Side, string>> = {
  closedLoop: 'var(--a)',
  never: 'var(--soft)',
  monthly: 'var(--b)',
};
const DAY = (instant: string) => instant.slice(0, 16).replace('T', ' ');

/** The year as one self-contained page: the three lines, the months, the alarms and what was decided. */
export async function yearPage(year: YearFigures): Promise<string> {
  const { meanAuc, retrainings, months, goals } = year;
  const decisions = months.flatMap((month) => month.decisions);
  const alarms = months.flatMap(({ month, alarms: rung }) => rung.map((alarm) => ({ month, ...alarm })));
  const means = SIDES.map((side) => `${NAMES[side]} ${meanAuc[side].toFixed(3)}`).join(', ');
  const title = 'A year of flights-late';
  const body = html`<h1>${title}</h1>
<p class="meta">New York's flights of 2013, month by month: the first three months taught the first version; each later month was predicted before it was known.</p>
<p class="verdict">Mean monthly AUC: ${means}. The loop trained ${retrainings} times, the calendar ${months.length - 1} times.</p>
${section('How good', 'Area under the curve of each month, and when the loop trained.', [
  html`<p class="legend">${SIDES.map((side) => html`<span style="color:${COLOURS[side]}">${NAMES[side]}</span>`)}</p>`,
  figure(
    await aucChart(year),
    'A dashed line: the loop put a version that it had trained in front of the month.',
  ),
  ...table(['goal', 'bound', 'is', ''], goals.map(goalRow)),
])}
${section('Months', 'Versions are those that answered for the closed loop; drift is of the windows that ended in the month.', monthTable(year))}
${section(
  'Alarms',
  'What rang, and what the data showed: the largest drift, or the fall beyond doubt.',
  table(
    ['month', 'alarm', 'first seen (UTC)', 'cause'],
    alarms.map(({ month, alarm, at, cause }) => [month, alarm, DAY(at), cause ?? 'none']),
  ),
)}
${section(
  'Decisions',
  'About training again, the ones not to as well, as `npx leeboard why flights-late` tells them.',
  table(
    ['when (UTC)', 'decision', 'because of', 'outcome', 'why'],
    decisions.map(({ at, number, triggers, status, version, reason }) => [
      DAY(at),
      number,
      [...new Set(triggers)].join(', '),
      version === null ? status : `${status}, version ${version}`,
      reason,
    ]),
  ),
)}`;
  return page(title, body);
}

const goalRow = (goal: Goal) => [
  goal.what,
  boundOf(goal),
  amountOf(goal),
  goal.holds ? 'reached' : 'not reached',
];

function monthTable({ months }: YearFigures): Html[] {
  return table(
    ['month', 'flights', ...SIDES.map((side) => NAMES[side]), 'version', 'drift'],
    months.map(({ month, rows, auc, versions, drift }) => [
      month,
      rows.toLocaleString('en-US'),
      ...SIDES.map((side) => auc[side].toFixed(3)),
      versions.join(', '),
      drift.columns.length === 0 ? '-' : `PSI ${drift.psi.toFixed(2)}: ${drift.columns.join(', ')}`,
    ]),
  );
}

function aucChart({ months }: YearFigures): Promise<Html> {
  const order = months.map(({ month }) => month);
  const values = months.flatMap(({ month, auc }) => SIDES.map((side) => ({ month, side, value: auc[side] })));
  const retrained = months.flatMap(({ month, decisions }) =>
    decisions
      .filter(({ status, trained }) => trained && status === 'promoted')
      .map(({ version }) => ({ month, text: `version ${version}` })),
  );
  const x = { field: 'month', type: 'ordinal', sort: order, title: null, axis: { labelAngle: 0 } } as const;
  const y = { field: 'value', type: 'quantitative', title: 'AUC', scale: { zero: false } } as const;
  const color = {
    field: 'side',
    type: 'nominal',
    scale: { domain: [...SIDES], range: SIDES.map((side) => COLOURS[side]) },
  } as const;
  return chart({
    width: 760,
    height: 320,
    layer: [
      {
        data: { values: retrained },
        mark: { type: 'rule', strokeDash: [4, 4], color: 'var(--a)', opacity: 0.6 },
        encoding: { x },
      },
      {
        data: { values: retrained },
        mark: { type: 'text', align: 'left', dx: 4, y: 8, fontSize: 10, color: 'var(--a)' },
        encoding: { x, text: { field: 'text' } },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 2, point: { filled: true, size: 50 } },
        encoding: { x, y, color },
      },
    ],
  });
}
