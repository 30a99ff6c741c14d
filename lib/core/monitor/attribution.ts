/**
 * How much each feature moves the margins: feature -> mean |SHAP value| over the rows, summed over the outputs.
 * What is no number, or infinite, adds nothing: one such row would hide all others.
 * Source: Lundberg et al., Nature Machine Intelligence 2, 2020 (global importance).
 * @param contributions rows x outputs x (features + 1), row-major, the last of each the bias; as `Predictor.contributions`
 * @returns 0 for every feature when there is no row
 */
export function meanAttribution(
  features: readonly string[],
  outputs: number,
  contributions: Float32Array,
): Record<string, number> {
  const width = features.length + 1;
  const sums = new Float64Array(features.length);
  for (let start = 0; start < contributions.length; start += width) {
    for (let feature = 0; feature < features.length; feature++) {
      const value = Math.abs(contributions[start + feature] as number);
      if (value < Infinity) sums[feature] = (sums[feature] as number) + value;
    }
  }
  const rows = attributedRows(features, outputs, contributions) || 1;
  return Object.fromEntries(features.map((name, feature) => [name, (sums[feature] as number) / rows]));
}

/** Rows that contributions are of. */
export function attributedRows(
  features: readonly string[],
  outputs: number,
  contributions: Float32Array,
): number {
  return contributions.length / (outputs * (features.length + 1));
}
