export { sampleOf } from '@shared/runner/tensor-stream';
export { randomDataSet, type DataSet } from './data-set';
export { openDataSet } from './open-data';
export { readArrays, writeArrays } from './npz';
