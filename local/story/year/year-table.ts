import type { DecisionFigures, Goal, MonthFigures, YearFigures } from './figures.ts';

const auc = (value: number) => value.toFixed(3);

/** What is told of a month, one line. */
export function describeMonth({ auc: of, alarms, versions, decisions }: MonthFigures): string {
  const scores = `AUC ${auc(of.closedLoop)} (never ${auc(of.never)}, monthly ${auc(of.monthly)})`;
  const rang = alarms.length > 0 ? `; rang: ${alarms.map(({ alarm }) => alarm).join(', ')}` : '';
  const said = decisions.map((decision) => `; ${describeDecision(decision)}`).join('');
  return `${scores} by version ${versions.join(', ')}${rang}${said}`;
}

/** `decision 2 promoted version 3` */
export function describeDecision({ number, status, version, trained }: DecisionFigures): string {
  return `decision ${number} ${status}${trained && version !== null ? ` version ${version}` : ''}`;
}

/** The year as lines for a terminal. */
export function describeYear({ meanAuc, retrainings, goals, months }: YearFigures): string[] {
  const rows = [
    ['month', 'flights', 'closed loop', 'never', 'monthly', 'version', 'alarms', 'decided'],
    ...months.map(({ month, rows: flights, auc: of, versions, alarms, decisions }) => [
      month,
      flights.toLocaleString('en-US'),
      auc(of.closedLoop),
      auc(of.never),
      auc(of.monthly),
      versions.join(', '),
      alarms.map(({ alarm }) => alarm).join(', ') || '-',
      decisions.map(describeDecision).join(', ') || '-',
    ]),
    ['mean', '', auc(meanAuc.closedLoop), auc(meanAuc.never), auc(meanAuc.monthly), '', '', ''],
  ];
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  return [
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    ),
    '',
    `${retrainings} retrainings by the loop, ${months.length - 1} by the calendar.`,
    ...goals.map(describeGoal),
  ];
}

/** `reached: retrainings 4, at most 5` */
const describeGoal = (goal: Goal) =>
  `${goal.holds ? 'reached' : 'not reached'}: ${goal.what} ${amountOf(goal)}, ${boundOf(goal)}`;

export const amountOf = ({ is }: Goal): string => (Number.isInteger(is) ? String(is) : is.toFixed(4));

export const boundOf = ({ atLeast, atMost }: Goal): string =>
  atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
