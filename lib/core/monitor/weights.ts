import { parseExpression } from '../expression/index.ts';
import { inputTypes, type Signature } from '../serve/signature.ts';
import type { MonitoringReference } from './reference.ts';

/** Below this part of an even share, a column is too light to wake anybody. */
const LIGHT = 0.1;

/**
 * How much the model relies on each input column: column -> share of all attribution, together 1. What a feature is
 * attributed goes to the columns that its expression reads, in equal parts.
 * @param attribution feature -> mean |SHAP value|
 * @returns null when it is not known, or the model relies on no feature at all
 */
export function columnWeights(
  signature: Pick<Signature, 'inputs' | 'features'>,
  attribution: MonitoringReference['attribution'] | undefined,
): Readonly<Record<string, number>> | null {
  const types = inputTypes(signature);
  const weights: Record<string, number> = Object.fromEntries(Object.keys(types).map((name) => [name, 0]));
  let all = 0;
  for (const { name, expression } of signature.features) {
    const { columns } = parseExpression(expression, types);
    for (const column of columns) {
      const part = (attribution?.[name] ?? 0) / columns.length;
      weights[column] = (weights[column] as number) + part;
      all += part;
    }
  }
  if (all === 0) return null;
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight / all]));
}

/** @param columns how many are compared */
export function isLight(weight: number | null, columns: number): boolean {
  return weight !== null && weight < LIGHT / columns;
}
