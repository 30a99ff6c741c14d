/** `28,022` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** A metric or probability, four decimals; `-` for none. */
export const decimals = (value: number | undefined): string => value?.toFixed(4) ?? '-';

const UNITS: readonly [name: string, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** Time from one ISO 8601 instant to another in its largest whole unit: `3 hours`. */
export function age(from: string, to: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 1000));
  const [name, length] = UNITS.find((unit) => seconds >= unit[1]) ?? ['second', 1];
  const units = Math.floor(seconds / length);
  return `${units} ${name}${units === 1 ? '' : 's'}`;
}

/** Seconds between two ISO 8601 instants, one decimal: `12.3 s`. */
export function seconds(from: string, to: string): string {
  return `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`;
}

/** An ISO 8601 instant to the second, in UTC: `2026-11-05 12:34:56`. */
export function instant(iso: string): string {
  return new Date(iso).toISOString().slice(0, 19).replace('T', ' ');
}

/** US dollars to a hundredth of a cent: `$0.0012`. */
export const dollars = (value: number): string => `$${value.toFixed(4)}`;
