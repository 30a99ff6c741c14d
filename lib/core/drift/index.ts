export { type ColumnDrift, columnDrift, type DriftOptions } from './column-drift.ts';
export { BinMismatchError } from './errors.ts';
export { type ModelDrift, type ModelDriftOptions, modelDrift } from './model-drift.ts';
export {
  binNumber,
  type CategoricalProfile,
  type ColumnProfile,
  categoricalProfile,
  cutsFromDeciles,
  decileCuts,
  type NumericProfile,
  numericProfile,
  sharesOf,
} from './profile.ts';
export { psi } from './psi.ts';
export { windowDrift } from './window-drift.ts';
