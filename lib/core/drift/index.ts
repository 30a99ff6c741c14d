export { comparable } from './comparable.ts';
export { driftedPsi } from './model-drift.ts';
export { type ColumnProfile, cutsFromDeciles } from './profile.ts';
export { watchedInputs } from './watched-inputs.ts';
export { windowDrift } from './window-drift.ts';
