import type { Estimate } from '#core/evaluate/interval.ts';
import { percent, figure as short } from '#core/figures.ts';

/** What is not known, or not defined. */
export const NONE = '-';

export const digits = (value: number | null): string => (value === null ? NONE : short(value));

/** A chance as people read it: below a ten-thousandth nobody compares. */
export const pValue = (value: number | null): string =>
  value === null ? NONE : value < 0.0001 ? '< 0.0001' : short(value);

export const count = (value: number): string => value.toLocaleString('en-US');

/** An instant to the minute, UTC. */
export const minute = (instant: string): string => instant.slice(0, 16).replace('T', ' ');

/** A value and its 95 % interval. */
export const estimated = ({ value, low, high }: Estimate, told = short): string =>
  value === null
    ? NONE
    : low === null || high === null
      ? told(value)
      : `${told(value)} (${told(low)} to ${told(high)})`;

/** A share and its 95 % interval. */
export const estimatedShare = (share: Estimate): string => estimated(share, percent);

/** A group's name; rows without a value are a group, too. */
export const groupName = (group: string | null): string => group ?? '(none)';
