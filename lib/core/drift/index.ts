export { BaselineNumbers } from './baseline-profile.ts';
export { comparable } from './comparable.ts';
export type { CategoricalProfile, ColumnProfile, NumericProfile } from './profile.ts';
export { windowDrift } from './window-drift.ts';
export { mergeProfiles, numberCounter, profileCounter, windowProfile } from './window-profile.ts';
