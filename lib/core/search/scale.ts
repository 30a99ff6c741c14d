import type { ParameterSpace, ParameterValue } from './space.ts';

/** A numeric parameter as a stretch of the real line; a logarithmic one by its logarithm. */
export interface NumberScale {
  readonly kind: 'number';
  /** The ends; half a step beyond the first and the last value, so that these get their whole share. */
  readonly low: number;
  readonly high: number;
  /** The stretch that rounds to the value at a position; absent: any value may be. */
  readonly cellOf?: (position: number) => readonly [from: number, to: number];
  /** undefined for what is no number; one beyond the bounds counts as the nearer bound. */
  toPosition(value: ParameterValue): number | undefined;
  toValue(position: number): ParameterValue;
}

/** A choice as indexes. */
export interface ChoiceScale {
  readonly kind: 'choice';
  readonly options: number;
  /** undefined for what is no option. */
  toPosition(value: ParameterValue): number | undefined;
  toValue(position: number): ParameterValue;
}

export type Scale = NumberScale | ChoiceScale;

/** How a parameter is sampled. */
export function scaleOf(space: ParameterSpace): Scale {
  if (space.kind === 'choice') return choiceScale(space.options);
  const { low, log } = space;
  const step = space.kind === 'float' ? 0 : ((log ? undefined : space.step) ?? 1);
  const high = step > 0 ? low + Math.floor((space.high - low) / step) * step : space.high;
  const bend = (value: number) => (log ? Math.log(value) : value);
  const straighten = (position: number) => (log ? Math.exp(position) : position);
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  const snap = (value: number) => (step > 0 ? low + Math.round((value - low) / step) * step : value);
  return {
    kind: 'number',
    low: bend(low - step / 2),
    high: bend(high + step / 2),
    ...(step > 0 && {
      cellOf: (position: number) => {
        const value = snap(straighten(position));
        return [bend(value - step / 2), bend(value + step / 2)] as const;
      },
    }),
    toPosition: (value) =>
      typeof value === 'number' && Number.isFinite(value) ? bend(clamp(value)) : undefined,
    toValue: (position) => clamp(snap(straighten(position))),
  };
}

function choiceScale(options: readonly ParameterValue[]): ChoiceScale {
  return {
    kind: 'choice',
    options: options.length,
    toPosition: (value) => (options.includes(value) ? options.indexOf(value) : undefined),
    toValue: (position) => options[position] as ParameterValue,
  };
}
