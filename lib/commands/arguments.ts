import { LeeboardError, NotFoundError, showValue } from '#core/errors.ts';
import type { Outputs } from '#lib/client/outputs.ts';

/** A command was called wrongly: says what it takes. */
export class UsageError extends LeeboardError {
  override readonly name = 'UsageError';
}

/** @throws NotFoundError saying what there is */
export function requireKnown(kind: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const choice = known.length > 0 ? `there are: ${known.join(', ')}` : 'there are none';
  throw new NotFoundError(`no ${kind} named ${showValue(name)}; ${choice}`);
}

/** Names of the deployed models, sorted. */
export function deployedModels({ stateMachines }: Pick<Outputs, 'stateMachines'>): string[] {
  const ending = '-train-model';
  return Object.keys(stateMachines)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `30s`, `10m`, `2h`, `1d` before `now`, or an ISO 8601 instant.
 * @param now epoch milliseconds
 * @returns epoch milliseconds
 * @throws UsageError
 */
export function parseSince(text: string, now: number): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return amount
    ? now - Number(amount) * (UNIT_MS[unit] as number)
    : Date.parse(parseInstant('--since', text));
}

/** A duration such as `2s` or `1m`, at least a second. @returns milliseconds. @throws UsageError */
export function parseDuration(option: string, text: string): number {
  const [, amount, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (amount) return Number(amount) * (UNIT_MS[unit] as number);
  throw new UsageError(`${option}: expected a duration such as 2s or 1m, got ${showValue(text)}`);
}

/** @returns the instant as ISO 8601 in UTC. @throws UsageError */
export function parseInstant(option: string, text: string): string {
  if (/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) {
    const found = new Date(text);
    if (!Number.isNaN(found.getTime())) return found.toISOString();
  }
  const durations = option === '--since' ? 'a duration such as 30s, 10m, 2h or 1d, or ' : '';
  throw new UsageError(
    `${option}: expected ${durations}an ISO 8601 instant such as 2026-05-01T00:00:00Z, got ${showValue(text)}`,
  );
}
