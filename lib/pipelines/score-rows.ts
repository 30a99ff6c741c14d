import type { Row } from '#core/expression/index.ts';
import type { Prediction } from '#core/serve/answer.ts';
import { decideScores, toPredictions } from '#core/serve/decide.ts';
import type { Decision } from '#core/serve/decision.ts';
import { compileEncoder } from '#core/serve/encode-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { Predictor } from '#ports/predictor.ts';

/** A version that can score rows. */
export interface Scorer {
  readonly signature: Signature;
  readonly predictor: Predictor;
  readonly decision: Decision;
}

/** From parsed rows to predictions, one a row: evaluation judges what this gives, serving answers with it. */
export function rowScorer({
  signature,
  predictor,
  decision,
}: Scorer): (rows: readonly Row[]) => Prediction[] {
  const encoder = compileEncoder(signature);
  return (rows) => {
    const matrix = { rows: rows.length, columns: encoder.columns, values: encoder.encode(rows) };
    const scores = decideScores(decision, predictor.scores(matrix));
    return toPredictions(signature, decision, scores, predictor.margins(matrix));
  };
}
