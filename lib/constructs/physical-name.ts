import { createHash } from 'node:crypto';
import type { Environment } from '../stacks/environment.ts';

const HASH_LENGTH = 8;

/**
 * `leeboard-<environment>[-<model>]-<what>`, at most `limit` characters. A model's name that does not fit is
 * cut and ends in a hash of the whole, so that two long names never meet.
 * @param limit what the service accepts
 */
export function physicalName(
  { name: environment }: Environment,
  what: string,
  { model, limit = 64 }: { model?: string | undefined; limit?: number } = {},
): string {
  const name = (middle?: string) =>
    ['leeboard', environment, middle, what].filter((part) => part !== undefined).join('-');
  const excess = name(model).length - limit;
  if (excess <= 0) return name(model);
  const kept = model?.slice(0, Math.max(0, model.length - excess - HASH_LENGTH - 1));
  if (!kept) throw new RangeError(`name must be at most ${limit} characters, got: ${name(model)}`);
  return name(
    `${kept}-${createHash('sha256')
      .update(model ?? '')
      .digest('hex')
      .slice(0, HASH_LENGTH)}`,
  );
}
