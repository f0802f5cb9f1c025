export { openArrayDataSet, randomDataSet, sampleOf, type DataSet } from './data-set';
export { readArrays, writeArrays } from './npz';
