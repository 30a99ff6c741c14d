import { openXgboost, type Xgboost } from '#adapters/xgboost/library.ts';

/** Where libxgboost is on this machine. */
export function libraryPath(): string {
  const path = process.env.LEEBOARD_LIBXGBOOST;
  if (!path) throw new Error('LEEBOARD_LIBXGBOOST: expected the path of libxgboost, got nothing');
  return path;
}

export const xgboost: Xgboost = openXgboost(libraryPath());
