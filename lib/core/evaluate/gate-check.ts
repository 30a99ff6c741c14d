/** One rule and how the version did. */
export interface GateCheck {
  /** Path in the spec: `metrics.auc.min`, `champion`, `slices[0]`. */
  readonly gate: string;
  readonly passed: boolean;
  /** What was compared with `bound`; null when the rows do not define it. */
  readonly value: number | null;
  readonly bound: number;
  /** `auc >= 0.65` */
  readonly rule: string;
  /** For people: `AUC 0.612 is below the gate's minimum 0.65`. */
  readonly sentence: string;
}

export type Sign = '>=' | '<=' | '<' | '>';

/** A known number compared with its bound; what is missing, null or NaN fails. */
export function compareWith(value: number | null | undefined, sign: Sign, bound: number): boolean {
  if (!isKnown(value)) return false;
  if (sign === '>=') return value >= bound;
  if (sign === '<=') return value <= bound;
  return sign === '<' ? value < bound : value > bound;
}

export function isKnown(value: number | null | undefined): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

/** A gate's answer; a value that is not known fails and is null. */
export function checkThat(
  gate: string,
  name: string,
  value: number | null | undefined,
  sign: Sign,
  bound: number,
  sentence: string,
): GateCheck {
  return {
    gate,
    passed: compareWith(value, sign, bound),
    value: isKnown(value) ? value : null,
    bound,
    rule: `${name} ${sign} ${bound}`,
    sentence,
  };
}

/** The first check that fails, or all of them; what holds everywhere needs one sentence only. */
export function failedOr(checks: readonly GateCheck[], held: () => GateCheck): GateCheck[] {
  const failed = checks.filter(({ passed }) => !passed);
  return failed.length > 0 ? failed : [held()];
}

const TITLES: Readonly<Record<string, string>> = {
  auc: 'AUC',
  averagePrecision: 'average precision',
  logLoss: 'log loss',
  brier: 'Brier score',
  ece: 'calibration error',
  f1: 'F1',
  macroF1: 'macro F1',
  macroAuc: 'macro AUC',
  rmse: 'RMSE',
  mae: 'mean absolute error',
  mse: 'mean squared error',
  r2: 'R²',
  medianAbsoluteError: 'median absolute error',
  pinball: 'pinball loss',
  poissonDeviance: 'Poisson deviance',
  tweedieDeviance: 'Tweedie deviance',
};

/** A metric as people call it. */
export function titleOf(metric: string): string {
  return TITLES[metric] ?? metric;
}

/** Four digits. */
export function show(value: number | null | undefined): string {
  return isKnown(value) ? String(Number(value.toPrecision(4))) : 'undefined';
}

/** Four digits, or as many as it takes to tell `value` from `bound`: 0.64998 is not "0.65, below 0.65". */
export function showApart(value: number, bound: number): string {
  let digits = 4;
  while (value !== bound && digits < 17 && Number(value.toPrecision(digits)) === bound) digits++;
  return String(Number(value.toPrecision(digits)));
}

/** `3,120` */
export function showCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `97.5 %`; `bound` as in `showApart`. */
export function showPercent(share: number, bound = Number.NaN): string {
  return `${showApart(Number((share * 100).toPrecision(12)), Number((bound * 100).toPrecision(12)))} %`;
}

/** How sure one can be: 1 is never reached. */
export function showConfidence(confidence: number): string {
  return confidence > 0.9999 ? 'more than 99.99 %' : `${Number((confidence * 100).toFixed(2))} %`;
}

/** `below`, `above` or `exactly`. */
export function relation(value: number, bound: number): string {
  if (value === bound) return 'exactly';
  return value < bound ? 'below' : 'above';
}
