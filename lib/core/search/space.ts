/** Which values a parameter may take. Both bounds included; `log`: looked at on a logarithmic scale, low above 0. */
export type ParameterSpace =
  | { readonly kind: 'float'; readonly low: number; readonly high: number; readonly log?: boolean }
  | {
      readonly kind: 'int';
      readonly low: number;
      readonly high: number;
      readonly log?: boolean;
      /** Distance between values, from low on; of no meaning with `log`. @default 1 */
      readonly step?: number;
    }
  | { readonly kind: 'choice'; readonly options: readonly ParameterValue[] };

export type ParameterValue = string | number | boolean;

/** Parameter -> what it may be. */
export type ParameterSpaces = Readonly<Record<string, ParameterSpace>>;

/** Candidate algorithm -> its parameters. A search over one algorithm has one candidate. Plain JSON. */
export interface SearchSpace {
  readonly candidates: Readonly<Record<string, ParameterSpaces>>;
}

/** One point of a search space. */
export interface Setting {
  readonly candidate: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/**
 * What is searched when the spec names no ranges: from cautious to as flexible as a few hundred rounds can use.
 * @param rows rows that a trial learns from: small data needs no leaves of 100 rows' weight
 */
export function defaultSpace(
  candidate: 'xgboost' | 'forest' | 'linear',
  { rows }: { readonly rows: number },
): ParameterSpaces {
  const heaviestChild = Math.min(100, Math.max(5, Math.floor(rows / 100)));
  switch (candidate) {
    case 'xgboost':
      return {
        learningRate: { kind: 'float', low: 0.02, high: 0.3, log: true },
        maxDepth: { kind: 'int', low: 2, high: 10 },
        minChildWeight: { kind: 'float', low: 1, high: heaviestChild, log: true },
        subsample: { kind: 'float', low: 0.5, high: 1 },
        columnSample: { kind: 'float', low: 0.4, high: 1 },
        lambda: { kind: 'float', low: 1e-3, high: 100, log: true },
        alpha: { kind: 'float', low: 1e-3, high: 10, log: true },
        gamma: { kind: 'float', low: 1e-3, high: 10, log: true },
      };
    case 'forest':
      return {
        maxDepth: { kind: 'int', low: 4, high: 16 },
        minChildWeight: { kind: 'float', low: 1, high: heaviestChild, log: true },
        subsample: { kind: 'float', low: 0.4, high: 0.95 },
        columnSampleByNode: { kind: 'float', low: 0.2, high: 1 },
      };
    case 'linear':
      return { l2: { kind: 'float', low: 1e-4, high: 1e4, log: true } };
  }
}
