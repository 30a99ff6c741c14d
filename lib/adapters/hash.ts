import { createHash } from 'node:crypto';

/** @returns the SHA-256 of `body`, in hex */
export function sha256(body: Uint8Array | string): string {
  return createHash('sha256').update(body).digest('hex');
}
