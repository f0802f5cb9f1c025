export { conditionDifferences, nearestBaseline, sameSubject } from './conditions';
export {
  compareEdgeWithCloud,
  MAXIMUM_ERROR_RATE,
  type EdgeCloudInput,
  type MeasuredBaseline,
  type MeasuredRun,
} from './edge-cloud';
export { gate } from './gate';
export { analyseHistory } from './history';
export { compareRuns } from './compare-runs';
export { verdictOf, MINIMUM_LAUNCHES, type VerdictOptions } from './verdict';
export { areSeparated } from './separated';
