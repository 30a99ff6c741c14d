export { comparable } from './comparable.ts';
export { type ColumnProfile, cutsFromDeciles, type NumericProfile } from './profile.ts';
export { SPREAD_POINTS, SPREAD_REACH } from './spread.ts';
export { windowDrift } from './window-drift.ts';
export { mergeProfiles, profileCounter, windowProfile } from './window-profile.ts';
