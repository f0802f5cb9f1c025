import type { Value } from '../graph/ir';
import { emitReshape } from './kit/reshape';
import type { LowerContext, Lowering, Lowerings } from './op';

/**
 * Lists of tensors (TensorFlow's variants) as one tensor with the list as its first axis: TFLite's own lists need kernels
 * that most runtimes lack. An element is read by GATHER and written by DYNAMIC_UPDATE_SLICE.
 */
const getItem: Lowering = (context) =>
  context.emit1('GATHER', { axis: 0, batch_dims: 0 }, [context.input(0), scalarIndex(context, 1)]);

const setItem: Lowering = (context) => {
  const [list, item] = [context.input(0), context.input(2)];
  if (list.dtype !== item.dtype || list.shape.length !== item.shape.length + 1)
    context.refuse(
      `it puts ${item.dtype}[${item.shape}] into a list of ${list.dtype}[${list.shape.slice(1)}]`,
    );
  const zero = context.scalar('int32', 0);
  const start = [scalarIndex(context, 1), ...item.shape.map(() => zero)];
  const place = context.emit1('PACK', { values_count: start.length, axis: 0 }, start);
  const slice = context.emit1('EXPAND_DIMS', {}, [item, context.scalar('int32', 0)]);
  return context.emit1('DYNAMIC_UPDATE_SLICE', {}, [list, slice, place]);
};

/** An empty list: zeros. Its elements' shape has to be known, or taken from a tensor of the same shape (`_like`). */
const reserve: Lowering = (context) => {
  const [count] = context.constantInts(1);
  const shape = context.constant(0);
  const dims = shape && Array.from(shape.data, Number);
  const dtype = context.dtype('element_dtype');
  if (count === undefined || count < 0) return context.refuse('its number of elements is not known');
  if (context.inputCount > 2) return likeElements(context, context.input(2), count);
  if (!dims || shape.shape.length === 0 || dims.some((dim) => dim < 0))
    return context.refuse(
      'the shape of its elements is not known; fix the shapes of the inputs, e.g. --shape NAME=1,10,6',
    );
  return context.emit1('FILL', {}, [context.ints32([count, ...dims]), context.scalar(dtype, 0)]);
};

/** `count` times zeros of the shape of `element`. */
function likeElements(context: LowerContext, element: Value, count: number): Value {
  const zeros = context.emit1('ZEROS_LIKE', {}, [element]);
  const single = context.emit1('EXPAND_DIMS', {}, [zeros, context.scalar('int32', 0)]);
  return context.emit1('TILE', {}, [single, context.ints32([count, ...element.shape.map(() => 1)])]);
}

function scalarIndex(context: LowerContext, operand: number): Value {
  const index = context.input(operand);
  return index.shape.length === 0 ? index : emitReshape(context, index, []);
}

const first: Lowering = (context) => context.input(0);

/** TensorFlow's operators on lists whose length does not change. */
export const lowerings: Lowerings = {
  TensorListFromTensor: first,
  TensorListStack: first,
  TensorListGetItem: getItem,
  TensorListSetItem: setItem,
  TensorListReserve: reserve,
  TensorListLength: (context) => context.scalar('int32', context.input(0).shape[0] ?? 0),
  TensorListGather: (context) =>
    context.emit1('GATHER', { axis: 0, batch_dims: 0 }, [context.input(0), context.input(1)]),
};
