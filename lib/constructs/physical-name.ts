import { createHash } from 'node:crypto';
import { resourceName } from '#core/spec/resource-name.ts';
import type { Environment } from '../stacks/environment.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** `leeboard-<environment>[-<model>]-<what>`, see `resourceName`. @param limit what the service accepts */
export function physicalName(
  { name }: Environment,
  what: string,
  { model, limit = 64 }: { model?: string | undefined; limit?: number } = {},
): string {
  return resourceName(name, what, { model, limit, sha256 });
}
