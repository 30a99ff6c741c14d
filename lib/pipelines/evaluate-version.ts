import { evaluateBinary, nonInferiority } from '#core/evaluate/index.ts';
import type { Row } from '#core/expression/index.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { requireParity, type VersionEvaluation } from '#core/training/evaluation.ts';
import { LABEL_COLUMN } from '#core/training/training-query.ts';
import { encodeSplits, type PreparedColumns } from '#core/training/training-sets.ts';
import type { Predictor } from '#ports/predictor.ts';

/** A version that can score rows. */
export interface Scorer {
  readonly signature: Signature;
  readonly predictor: Predictor;
}

export interface EvaluationRequest {
  readonly challenger: Scorer;
  readonly champion: (Scorer & { readonly version: number }) | null;
  readonly gates: ModelSpec['gates'];
  /** Features of all rows, as SQL computed them. */
  readonly features: PreparedColumns;
  /** Raw columns and label of the test rows, in the same order. */
  readonly testRows: PreparedColumns;
}

/**
 * Scores the test rows as serving would, from raw columns, and judges the probabilities.
 * @throws ParityError when serving would see other features than training saw
 */
export function evaluateVersion(request: EvaluationRequest): VersionEvaluation {
  const { challenger, champion, gates, features, testRows } = request;
  const rows = asRows(testRows);
  const labels = (testRows[LABEL_COLUMN] ?? []).map(Number);
  const served = compileEncoder(challenger.signature).encode(rows);
  const names = challenger.signature.features.map(({ name }) => name);
  requireParity(names, encodeSplits(challenger.signature, features, ['test']).values, served);
  const probabilities = score(challenger, rows, served);
  return {
    test: evaluateBinary(labels, probabilities),
    champion: champion && compare(champion, gates, rows, labels, probabilities, Object.keys(testRows)),
  };
}

function compare(
  champion: Scorer & { version: number },
  gates: ModelSpec['gates'],
  rows: readonly Row[],
  labels: readonly number[],
  challenger: Float32Array,
  available: readonly string[],
): NonNullable<VersionEvaluation['champion']> {
  const { version } = champion;
  const missing = champion.signature.inputs
    .map(({ name }) => name)
    .filter((name) => !available.includes(name));
  if (missing.length > 0 || !gates.champion) return { version, nonInferiority: null, missing };
  const scores = score(champion, rows, compileEncoder(champion.signature).encode(rows));
  return {
    version,
    nonInferiority: nonInferiority({ ...gates.champion, labels, champion: scores, challenger }),
    missing,
  };
}

function score({ predictor }: Scorer, rows: readonly Row[], values: Float32Array): Float32Array {
  return predictor.probabilities({ rows: rows.length, columns: predictor.columns, values });
}

function asRows(columns: PreparedColumns): Row[] {
  const names = Object.keys(columns);
  const count = columns[LABEL_COLUMN]?.length ?? 0;
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(names.map((name) => [name, columns[name]?.[index] ?? null])),
  );
}
