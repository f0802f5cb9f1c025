import { viewAs } from '@shared/model/dtype';
import type { SourceNode, SourceRef, SourceTensor } from '../../source';

/** Where the nodes of a loop's body, and the operands of the loop outside, are looked up. */
export interface Lookup {
  node(name: string): SourceNode | undefined;
  /** The operand outside that an argument of the body stands for, when the loop does not change it. */
  outside(argument: string): { readonly ref: SourceRef; readonly lookup: Lookup } | undefined;
}

/** Columns `start` to `start + columns` of a constant matrix; its bytes are not read before the model is written. */
export interface Matrix {
  readonly tensor: SourceTensor;
  readonly rows: number;
  readonly start: number;
  readonly columns: number;
}

/** Longer constants are no biases. */
const MAX_VECTOR = 1 << 16;

/** The node behind a reference, seen through a body's invariant arguments. */
export function nodeAt(
  ref: SourceRef,
  lookup: Lookup,
): { readonly node: SourceNode; readonly output: number; readonly lookup: Lookup } | undefined {
  const node = lookup.node(ref.node);
  if (!node) return undefined;
  if (node.op !== '_Arg') return { node, output: ref.output, lookup };
  const outer = lookup.outside(ref.node);
  return outer && nodeAt(outer.ref, outer.lookup);
}

export function constantAt(ref: SourceRef | undefined, lookup: Lookup): SourceTensor | undefined {
  const found = ref && nodeAt(ref, lookup);
  const value = found?.node.op === 'Const' ? found.node.attrs['value'] : undefined;
  return value?.kind === 'tensor' ? value.value : undefined;
}

/** A small integer constant's elements. */
export function integersAt(ref: SourceRef | undefined, lookup: Lookup): readonly number[] | undefined {
  const tensor = constantAt(ref, lookup);
  if (!tensor || (tensor.dtype !== 'int32' && tensor.dtype !== 'int64') || tensor.data.byteLength > 1024)
    return undefined;
  return Array.from(viewAs(tensor.dtype, tensor.data.bytes()) as ArrayLike<number | bigint>, Number);
}

/** A constant weight matrix, or some columns of one (Split along axis 1, StridedSlice). */
export function matrixAt(ref: SourceRef | undefined, lookup: Lookup): Matrix | undefined {
  const found = ref && nodeAt(ref, lookup);
  if (!found) return undefined;
  if (found.node.op === 'Split') {
    const whole = matrixAt(found.node.inputs[1], found.lookup);
    const axis = integersAt(found.node.inputs[0], found.lookup)?.[0];
    const count = found.node.attrs['num_split'];
    if (!whole || (axis !== 1 && axis !== -1) || count?.kind !== 'int') return undefined;
    const columns = whole.columns / count.value;
    return { ...whole, start: whole.start + found.output * columns, columns };
  }
  if (found.node.op === 'StridedSlice') {
    const whole = matrixAt(found.node.inputs[0], found.lookup);
    const part = whole && columnsOf(found.node, found.lookup, whole.columns);
    return part && { ...whole, start: whole.start + part.from, columns: part.to - part.from };
  }
  const tensor = constantAt(ref, lookup);
  const [rows = 0, columns = 0] = tensor?.shape ?? [];
  return tensor?.dtype === 'float32' && tensor.shape.length === 2
    ? { tensor, rows, start: 0, columns }
    : undefined;
}

/** Columns that the StridedSlice `value[:, from:to]` takes of `width`; undefined when it takes anything else. */
export function columnsOf(
  { inputs, attrs }: SourceNode,
  lookup: Lookup,
  width: number,
): { readonly from: number; readonly to: number } | undefined {
  const [begin, end, strides] = [1, 2, 3].map((i) => integersAt(inputs[i], lookup));
  const mask = (name: string): number => Number(attrs[name]?.value ?? 0);
  if (begin?.length !== 2 || end?.length !== 2 || strides?.some((stride) => stride !== 1)) return undefined;
  if (mask('shrink_axis_mask') || mask('new_axis_mask') || mask('ellipsis_mask')) return undefined;
  if (!(mask('begin_mask') & 1) || !(mask('end_mask') & 1)) return undefined;
  const from = mask('begin_mask') & 2 ? 0 : (begin[1] as number);
  const to = mask('end_mask') & 2 ? width : (end[1] as number);
  return from >= 0 && to > from && to <= width ? { from, to } : undefined;
}

/** A float constant of any shape, flattened, also when it is cut out of a larger one. */
export function vectorAt(ref: SourceRef | undefined, lookup: Lookup): Float32Array | undefined {
  return arrayAt(ref, lookup)?.data;
}

interface SmallArray {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

function arrayAt(ref: SourceRef | undefined, lookup: Lookup): SmallArray | undefined {
  const found = ref && nodeAt(ref, lookup);
  if (!found) return undefined;
  const { node, output, lookup: at } = found;
  switch (node.op) {
    case 'Const': {
      const tensor = constantAt(ref, lookup);
      if (tensor?.dtype !== 'float32' || tensor.data.byteLength > 4 * MAX_VECTOR) return undefined;
      return { data: viewAs('float32', tensor.data.bytes()), shape: tensor.shape };
    }
    case 'Squeeze':
    case 'Reshape':
    case 'ExpandDims': {
      const whole = arrayAt(node.inputs[0], at);
      return whole && { data: whole.data, shape: [whole.data.length] };
    }
    case 'Split':
    case 'Unpack': {
      const split = node.op === 'Split';
      const whole = arrayAt(node.inputs[split ? 1 : 0], at);
      const count = node.attrs[split ? 'num_split' : 'num'];
      const axisAttr = node.attrs['axis'];
      const axis = split
        ? integersAt(node.inputs[0], at)?.[0]
        : axisAttr?.kind === 'int'
          ? axisAttr.value
          : 0;
      // Parts of the first axis, or of the only one, lie one behind the other.
      const first = axis === 0 || (axis === -1 && whole?.shape.length === 1);
      if (!whole || !first || count?.kind !== 'int' || count.value < 1) return undefined;
      const size = whole.data.length / count.value;
      return { data: whole.data.subarray(output * size, (output + 1) * size), shape: [size] };
    }
    default:
      return undefined;
  }
}
