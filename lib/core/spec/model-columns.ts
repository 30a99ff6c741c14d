import { type Expression, parseExpression, type ValueType } from '../expression/index.ts';
import { columnTypes, type DatasetSpec } from './dataset.ts';
import type { FeatureSpec, ModelSpec } from './model.ts';

/** Columns a model's expressions may use: those of `from`, then joined ones of other names. */
export function modelColumns(model: Pick<ModelSpec, 'from' | 'join'>): Record<string, ValueType> {
  return Object.assign(
    {},
    ...[...model.join].reverse().map((join) => columnTypes(join.dataset)),
    columnTypes(model.from),
  );
}

/** The features' parsed expressions, in the spec's order: the order of the model's columns. */
export function featureExpressions(
  model: ModelSpec,
): { name: string; spec: FeatureSpec; expression: Expression }[] {
  const columns = modelColumns(model);
  return Object.entries(model.features).map(([name, spec]) => ({
    name,
    spec,
    expression: parseExpression(spec.expression, columns),
  }));
}

/** The columns that a prediction needs, sorted by name. */
export function inputColumns(model: ModelSpec): string[] {
  return [...new Set(featureExpressions(model).flatMap(({ expression }) => expression.columns))].sort();
}

/** The dataset that gives `column` to the model's rows. */
export function columnOwner(model: Pick<ModelSpec, 'from' | 'join'>, column: string): DatasetSpec {
  const datasets = [model.from, ...model.join.map((join) => join.dataset)];
  return datasets.find((dataset) => Object.hasOwn(dataset.columns, column)) ?? model.from;
}
