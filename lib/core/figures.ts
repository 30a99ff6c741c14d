export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Three significant digits, without trailing zeros. */
export const figure = (value: number): string => String(Number(value.toPrecision(3)));

/** A share of 1 for people, three significant digits: `0.5 %`. */
export const percent = (share: number): string => `${figure(100 * share)} %`;
