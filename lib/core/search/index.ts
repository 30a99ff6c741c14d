export { SearchFailedError } from './errors.ts';
export { type LeaderboardEntry, leaderboard, pickWinner } from './leaderboard.ts';
export { proposeTrials } from './propose-trials.ts';
export { boostingPruning, type PruningBar, pruneRule } from './prune-rule.ts';
export {
  defaultSpace,
  type ParameterSpace,
  type ParameterSpaces,
  type ParameterValue,
  type SearchSpace,
  type Setting,
} from './space.ts';
export type { Direction, Trial, TrialResult } from './trial.ts';
