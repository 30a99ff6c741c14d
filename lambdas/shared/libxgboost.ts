import { createRequire } from 'node:module';

/** Where the layer has the shared library. */
export function libxgboost(): string {
  const require = createRequire(__filename);
  return (require('leeboard-libxgboost') as { library: string }).library;
}
