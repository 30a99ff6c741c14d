/** A step after the model that makes its probabilities honest; see `lib/core/evaluate/calibrators.ts`. */
export type Calibration =
  /** Piecewise linear through (x, y), constant outside; x ascending, y never falling. */
  | { readonly kind: 'isotonic'; readonly x: readonly number[]; readonly y: readonly number[] }
  /** 1 / (1 + exp(a * log odds + b)). */
  | { readonly kind: 'platt'; readonly a: number; readonly b: number };

/** `decision.json` of a bundle: from what the model says to what is answered. */
export interface Decision {
  readonly format: 1;
  readonly calibration: Calibration | null;
  /** Probability from which a row is predicted positive; null for other tasks than binary. */
  readonly threshold: number | null;
}
