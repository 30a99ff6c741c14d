import { openXgboost, type Xgboost } from '#adapters/xgboost/library.ts';
import { installEngines } from '#local/engines/install-engines.ts';

/** Where libxgboost is on this machine: the one given, else the pinned one, fetched on first use. */
export const libraryPath: string =
  process.env.LEEBOARD_LIBXGBOOST ?? (await installEngines(() => {})).libxgboost;

export const xgboost: Xgboost = openXgboost(libraryPath);
