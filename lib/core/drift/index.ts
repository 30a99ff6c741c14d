export { type ColumnProfile, cutsFromDeciles } from './profile.ts';
export { windowDrift } from './window-drift.ts';
