import type { SourceAttr } from '../../source';

/**
 * Names of the outputs of TensorFlow operators that have several, in order (from each operator's REGISTER_OP in
 * tensorflow/core/ops). An operator that is not listed has one output argument, which may be a list.
 */
const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  FusedBatchNorm: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV2: ['y', 'batch_mean', 'batch_variance', 'reserve_space_1', 'reserve_space_2'],
  FusedBatchNormV3: [
    'y',
    'batch_mean',
    'batch_variance',
    'reserve_space_1',
    'reserve_space_2',
    'reserve_space_3',
  ],
  _FusedBatchNormEx: [
    'y',
    'batch_mean',
    'batch_variance',
    'reserve_space_1',
    'reserve_space_2',
    'reserve_space_3',
  ],
  TopK: ['values', 'indices'],
  TopKV2: ['values', 'indices'],
  Unique: ['y', 'idx'],
  UniqueV2: ['y', 'idx'],
  UniqueWithCounts: ['y', 'idx', 'count'],
  UniqueWithCountsV2: ['y', 'idx', 'count'],
  ListDiff: ['out', 'idx'],
  Switch: ['output_false', 'output_true'],
  RefSwitch: ['output_false', 'output_true'],
  Merge: ['output', 'value_index'],
  RefMerge: ['output', 'value_index'],
  TensorListPopBack: ['output_handle', 'tensor'],
  TensorListConcat: ['tensor', 'lengths'],
  TensorListConcatV2: ['tensor', 'lengths'],
  TensorArrayV3: ['handle', 'flow'],
  TensorArrayConcatV3: ['value', 'lengths'],
  NonMaxSuppressionV4: ['selected_indices', 'valid_outputs'],
  NonMaxSuppressionV5: ['selected_indices', 'selected_scores', 'valid_outputs'],
  CombinedNonMaxSuppression: ['nmsed_boxes', 'nmsed_scores', 'nmsed_classes', 'valid_detections'],
  MaxPoolWithArgmax: ['output', 'argmax'],
  Svd: ['s', 'u', 'v'],
  Qr: ['q', 'r'],
  Lu: ['lu', 'p'],
  SelfAdjointEigV2: ['e', 'v'],
  Eig: ['e', 'v'],
  LogMatrixDeterminant: ['sign', 'log_abs_determinant'],
  BlockLSTM: ['i', 'cs', 'f', 'o', 'ci', 'co', 'h'],
  BlockLSTMV2: ['i', 'cs', 'f', 'o', 'ci', 'co', 'h'],
  LSTMBlockCell: ['i', 'cs', 'f', 'o', 'ci', 'co', 'h'],
  GRUBlockCell: ['r', 'u', 'c', 'h'],
  CudnnRNN: ['output', 'output_h', 'output_c', 'reserve_space'],
  CudnnRNNV2: ['output', 'output_h', 'output_c', 'reserve_space', 'host_reserved'],
  CudnnRNNV3: ['output', 'output_h', 'output_c', 'reserve_space', 'host_reserved'],
  BroadcastGradientArgs: ['r0', 'r1'],
  SoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  SparseSoftmaxCrossEntropyWithLogits: ['loss', 'backprop'],
  Moments: ['mean', 'variance'],
  QuantizeV2: ['output', 'output_min', 'output_max'],
  Requantize: ['output', 'output_min', 'output_max'],
  QuantizedConv2D: ['output', 'min_output', 'max_output'],
  QuantizedMatMul: ['out', 'min_out', 'max_out'],
  DecodeWav: ['audio', 'sample_rate'],
  StringSplit: ['indices', 'values', 'shape'],
  StringSplitV2: ['indices', 'values', 'shape'],
  LookupTableExportV2: ['keys', 'values'],
  SparseReshape: ['output_indices', 'output_shape'],
  SparseFillEmptyRows: ['output_indices', 'output_values', 'empty_row_indicator', 'reverse_index_map'],
  SparseSlice: ['output_indices', 'output_values', 'output_shape'],
  SparseConcat: ['output_indices', 'output_values', 'output_shape'],
  SparseReorder: ['output_indices', 'output_values'],
  RaggedRange: ['rt_nested_splits', 'rt_dense_values'],
  RaggedGather: ['output_nested_splits', 'output_dense_values'],
  RaggedTensorFromVariant: ['output_nested_splits', 'output_dense_values'],
  UnicodeDecodeWithOffsets: ['row_splits', 'char_values', 'char_to_byte_starts'],
  UnicodeDecode: ['row_splits', 'char_values'],
  SampleDistortedBoundingBox: ['begin', 'size', 'bboxes'],
  SampleDistortedBoundingBoxV2: ['begin', 'size', 'bboxes'],
  GenerateBoundingBoxProposals: ['rois', 'roi_probabilities'],
  CTCGreedyDecoder: ['decoded_indices', 'decoded_values', 'decoded_shape', 'log_probability'],
  CTCBeamSearchDecoder: ['decoded_indices', 'decoded_values', 'decoded_shape', 'log_probability'],
  CTCLoss: ['loss', 'gradient'],
  EditDistance: ['output'],
  DenseCountSparseOutput: ['output_indices', 'output_values', 'output_dense_shape'],
};

/** The number of elements of an output argument that is a list, by the attribute that gives it. */
const LIST_SIZE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CTCBeamSearchDecoder: {
    decoded_indices: 'top_paths',
    decoded_values: 'top_paths',
    decoded_shape: 'top_paths',
  },
  RaggedGather: { output_nested_splits: 'OUTPUT_RAGGED_RANK' },
  RaggedTensorFromVariant: { output_nested_splits: 'output_ragged_rank' },
};

/**
 * The flat number of output `index` of output argument `arg`. Operators that nothing is known of are taken to have one
 * output argument.
 */
export function flatOutput(
  node: { readonly op: string; readonly attrs: Readonly<Record<string, SourceAttr>> },
  arg: string,
  index: number,
  resultsOf: (functionName: string) => readonly string[] | undefined,
): number {
  const within = Number.isSafeInteger(index) && index >= 0 ? index : 0;
  const names = OUTPUTS[node.op] ?? resultsOf(node.op);
  const position = names?.indexOf(arg) ?? 0;
  if (!names || position <= 0) return within;
  let flat = within;
  for (const before of names.slice(0, position)) {
    const attr = node.attrs[LIST_SIZE[node.op]?.[before] ?? ''];
    flat += attr?.kind === 'int' ? attr.value : 1;
  }
  return flat;
}
