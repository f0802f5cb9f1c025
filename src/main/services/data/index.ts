export { randomDataSet, sampleOf, type DataSet } from './data-set';
export { openDataSet } from './open-data';
export { readArrays, writeArrays } from './npz';
