import { sharesOf } from '../drift/profile.ts';
import { figure, percent } from '../figures.ts';
import type { WindowReport } from './report.ts';

/** A finding in the shape of SageMaker Model Monitor's data quality monitor. */
export interface ConstraintViolation {
  readonly feature_name: string;
  readonly constraint_check_type:
    | 'data_type_check'
    | 'completeness_check'
    | 'baseline_drift_check'
    | 'missing_column_check'
    | 'categorical_values_check';
  readonly description: string;
}

/** A finding in the shape of its bias drift monitor. */
export interface BiasViolation {
  /** Expression of the groups. */
  readonly facet: string;
  readonly facet_value: string;
  /** Disparate impact. */
  readonly metric_name: 'DI';
  readonly constraint_check_type: 'bias_drift_check';
  readonly description: string;
}

/**
 * What a window broke, as `constraint_violations.json` of SageMaker Model Monitor says it, for tools that read that. No
 * `extra_column_check`: a request with a column that the model does not take is refused.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html and
 * https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift-violations.html
 */
export function constraintViolations(report: WindowReport): {
  readonly violations: readonly (ConstraintViolation | BiasViolation)[];
} {
  return {
    violations: [
      ...missingColumns(report),
      ...refusedValues(report),
      ...unknownLevels(report),
      ...missingValues(report),
      ...drift(report),
      ...bias(report),
    ],
  };
}

function missingColumns({ rows, compared }: WindowReport): ConstraintViolation[] {
  if (compared === rows) return [];
  return [
    {
      feature_name: 'Missing columns',
      constraint_check_type: 'missing_column_check',
      description: `${rows - compared} of ${rows} rows lack columns of the baseline: another version, which takes others, answered them`,
    },
  ];
}

function* refusedValues({ quality, compared, inputs }: WindowReport): Iterable<ConstraintViolation> {
  const texts = new Set(
    inputs.profiles.map(({ window }) => (window.kind === 'category' ? window.column : '')),
  );
  for (const { column, nulls, types, ranges } of quality.columns) {
    const broken = (
      rows: number,
      constraint_check_type: ConstraintViolation['constraint_check_type'],
      what: string,
    ): ConstraintViolation[] =>
      rows === 0
        ? []
        : [
            {
              feature_name: column,
              constraint_check_type,
              description: `${rows} of ${compared} rows ${what}`,
            },
          ];
    yield* broken(nulls, 'completeness_check', 'have no value, and the dataset asks for one');
    yield* broken(types, 'data_type_check', 'have a value of another type than the dataset declares');
    yield* texts.has(column)
      ? broken(ranges, 'categorical_values_check', 'have a value that the dataset does not declare')
      : broken(ranges, 'data_type_check', 'have a value outside the range that the dataset declares');
  }
}

/** Levels that the baseline has not, where they are more of the rows than they were, and the column surely moved. */
function* unknownLevels({ inputs }: WindowReport): Iterable<ConstraintViolation> {
  for (const { baseline, window } of inputs.profiles) {
    if (window.kind !== 'category') continue;
    if (![...inputs.drifted, ...inputs.shifted].includes(window.column)) continue;
    const [before, now] = [baseline.shares, sharesOf(window)].map((shares) => shares.at(-2) as number) as [
      number,
      number,
    ];
    if (now <= before) continue;
    yield {
      feature_name: window.column,
      constraint_check_type: 'categorical_values_check',
      description: `${percent(now)} of the rows have a level that is not among the baseline's, ${percent(before)} of the baseline's rows`,
    };
  }
}

function missingValues({ quality }: WindowReport): ConstraintViolation[] {
  return quality.missing.map(({ column, before, now }) => ({
    feature_name: column,
    constraint_check_type: 'completeness_check',
    description: `${percent(1 - now)} of the rows have a value, ${percent(1 - before)} of the baseline's`,
  }));
}

/** Inputs, then what was answered. The words before the figures are Model Monitor's own: tools look for them. */
function drift({ inputs, predictions }: WindowReport): ConstraintViolation[] {
  const found = [
    ...inputs.drifted.map((name) => inputs.columns.find(({ column }) => column === name)),
    ...(predictions?.drifted ? [predictions] : []),
  ];
  return found.flatMap((column) =>
    column === undefined || column.psi === null
      ? []
      : [
          {
            feature_name: column.column,
            constraint_check_type: 'baseline_drift_check',
            description: `Population stability index. Baseline drift distance: ${figure(column.psi)} exceeds threshold: ${figure(inputs.threshold)}`,
          },
        ],
  );
}

function bias({ groups }: WindowReport): BiasViolation[] {
  return groups.flatMap(({ by, reference, groups: members }) =>
    members
      .filter(({ breached }) => breached)
      .map(({ group, disparateImpact }) => ({
        facet: by,
        facet_value: String(group),
        metric_name: 'DI',
        constraint_check_type: 'bias_drift_check',
        description: `The ratio of selection rates to ${reference?.group} is ${figure(disparateImpact ?? 0)}, surely below the declared bound`,
      })),
  );
}
