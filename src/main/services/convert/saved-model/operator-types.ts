import { DTYPES } from '@shared/model/dtype';
import type { SourceDType } from '../source';

/**
 * How TensorFlow declares the operators that readers of Keras write (REGISTER_OP in tensorflow/core/ops): types of the
 * inputs and outputs, each an element type or the attribute that names it, `N*` before those that are lists; after the bar
 * the other attributes. An attribute that an operator does not declare makes TensorFlow refuse the graph.
 */
const DECLARED: Readonly<Record<string, string>> = {
  'T -> T':
    'Abs Ceil Cos Elu Erf Exp Expm1 Floor Identity Log Log1p LogSoftmax Neg OnesLike Reciprocal Relu Relu6 Round Rsqrt Selu Sigmoid Sign Sin Sinh Cosh Tan Asin Acos Atan Softmax Softplus Softsign Sqrt Square Tanh ZerosLike Exit NextIteration',
  'T -> T | alpha': 'LeakyRelu',
  'T -> T | block_size data_format': 'DepthToSpace SpaceToDepth',
  'T -> T | depth_radius bias alpha beta': 'LRN',
  'T -> T | frame_name is_constant parallel_iterations': 'Enter',
  'T -> T | ksize strides padding data_format': 'AvgPool AvgPool3D MaxPool3D',
  'T -> T | ksize strides padding explicit_paddings data_format': 'MaxPool',
  'T -> T | squeeze_dims': 'Squeeze',
  'T T -> T':
    'AddV2 Atan2 DivNoNan FloorDiv FloorMod Maximum Minimum Mul Pow RealDiv SquaredDifference Sub Xdivy Xlogy',
  'T T -> T | adj_x adj_y': 'BatchMatMulV2',
  'T T -> T | data_format': 'BiasAdd',
  'T T -> T | strides padding data_format dilations': 'Conv3D',
  'T T -> T | strides padding explicit_paddings data_format dilations': 'Conv2D DepthwiseConv2dNative',
  'T T -> T | transpose_a transpose_b': 'MatMul',
  'int32 T T -> T | strides padding explicit_paddings data_format dilations': 'Conv2DBackpropInput',
  'Tshape T T -> T | strides padding data_format dilations': 'Conv3DBackpropInputV2',
  'T T -> bool': 'Equal Greater GreaterEqual Less LessEqual NotEqual',
  'T -> bool': 'IsFinite IsInf IsNan',
  'bool -> bool': 'LogicalNot LoopCond',
  'bool bool -> bool': 'LogicalAnd LogicalOr',
  'bool T T -> T': 'SelectV2',
  'SrcT -> DstT': 'Cast',
  'T Tidx -> T | keep_dims': 'Max Mean Min Prod Sum',
  'bool Tidx -> bool | keep_dims': 'All Any',
  'T Tidx -> output_type': 'ArgMax ArgMin',
  'T Tidx -> T': 'BroadcastTo ReverseV2',
  'T Tidx -> T | exclusive reverse': 'Cumsum',
  'T Tblock_shape Tcrops -> T': 'BatchToSpaceND',
  'T Tblock_shape Tpaddings -> T': 'SpaceToBatchND',
  'N*T -> T': 'AddN',
  'N*T -> T | axis': 'Pack',
  'N*T -> T | equation': 'Einsum',
  'N*T -> T int32': 'Merge',
  'N*T Tidx -> T': 'ConcatV2',
  'T Tdim -> T': 'ExpandDims',
  'T U U U U -> T U U U U U | epsilon data_format is_training': 'FusedBatchNormV3',
  'Tparams Tindices -> Tparams': 'GatherNd',
  'Tparams Tindices Taxis -> Tparams | batch_dims': 'GatherV2',
  'Tindices T Tindices -> T': 'ScatterNd',
  'T Tpaddings -> T': 'Pad',
  'T Tpaddings -> T | mode': 'MirrorPad',
  'T Tpaddings T -> T': 'PadV2',
  'TI int32 T T -> T | axis': 'OneHot',
  'Tidx Tidx Tidx -> Tidx': 'Range',
  'T -> int32': 'Rank',
  'T -> int32 | boundaries': 'Bucketize',
  'T Tindex Tindex -> T': 'MatrixBandPart',
  'T -> out_type': 'Shape Size',
  'T Tshape -> T': 'Reshape',
  'T int32 -> float32 | align_corners half_pixel_centers': 'ResizeBilinear ResizeBicubic',
  'T int32 -> T | align_corners half_pixel_centers': 'ResizeNearestNeighbor',
  'T Index Index -> T': 'Slice',
  'T Index Index Index -> T | begin_mask end_mask ellipsis_mask new_axis_mask shrink_axis_mask':
    'StridedSlice',
  'int32 T -> num_split*T': 'Split',
  'T Tlen int32 -> num_split*T': 'SplitV',
  'T -> num*T | axis': 'Unpack',
  'T Tmultiples -> T': 'Tile',
  'T Tk -> T index_type | sorted': 'TopKV2',
  'T Tperm -> T': 'Transpose',
  'index_type T -> T': 'Fill',
  '-> dtype | value': 'Const',
  '-> dtype | shape': 'Placeholder',
  '-> resource | shared_name dtype shape': 'VarHandleOp',
  'resource -> dtype': 'ReadVariableOp',
  'resource dtype ->': 'AssignVariableOp',
  'shape_type int32 -> variant | element_dtype': 'TensorListReserve',
  'variant int32 element_dtype -> variant': 'TensorListSetItem',
  'variant int32 -> element_dtype | num_elements': 'TensorListStack',
  'T bool -> T T': 'Switch',
};

/** An input or output: the type, or the attribute that holds it, and how many tensors it stands for. */
export interface Slot {
  readonly dtype: SourceDType | undefined;
  readonly attr: string | undefined;
  /** The attribute that holds the number of tensors, for lists. */
  readonly count: string | undefined;
}

export interface OperatorTypes {
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** Attributes that are neither types nor numbers of tensors. */
  readonly attrs: ReadonlySet<string>;
}

/** Types that an attribute has when a node does not say. */
export const DEFAULT_TYPES: Readonly<Record<string, SourceDType>> = {
  output_type: 'int64',
  out_type: 'int32',
  index_type: 'int32',
};

const FIXED_TYPES: ReadonlySet<string> = new Set([...DTYPES, 'resource', 'variant']);

const words = (list: string): string[] => list.split(' ').filter((word) => word !== '');

function slot(word: string): Slot {
  const [type = '', count] = word.split('*').reverse();
  const isFixed = FIXED_TYPES.has(type);
  return { dtype: isFixed ? (type as SourceDType) : undefined, attr: isFixed ? undefined : type, count };
}

const OPERATORS: ReadonlyMap<string, OperatorTypes> = new Map(
  Object.entries(DECLARED).flatMap(([declaration, operators]) => {
    const [types = '', attrs = ''] = declaration.split('|');
    const [inputs = '', outputs = ''] = types.split('->');
    const parsed: OperatorTypes = {
      inputs: words(inputs).map(slot),
      outputs: words(outputs).map(slot),
      attrs: new Set(words(attrs)),
    };
    return words(operators).map((operator) => [operator, parsed] as const);
  }),
);

/** Undefined for an operator that is not known here. */
export const operatorTypes = (operator: string): OperatorTypes | undefined => OPERATORS.get(operator);
