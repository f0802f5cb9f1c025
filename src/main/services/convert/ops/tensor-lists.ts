import { constantNumbers } from '../graph/constant';
import type { Value } from '../graph/ir';
import { sizeAt } from './kit/dynamic-shape';
import { calculator } from './kit/math';
import { asInt32, emitReshape } from './kit/reshape';
import { emitPad } from './pad';
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
  const index = scalarIndex(context, 1);
  const room = context.bool('resize_if_index_out_of_bounds', false) ? withRoom(context, list, index) : list;
  const zero = context.scalar('int32', 0);
  const place = pack(context, [index, ...item.shape.map(() => zero)]);
  return context.emit1('DYNAMIC_UPDATE_SLICE', {}, [room, asElement(context, item), place]);
};

/** `list`, with zeros after it when it does not reach to `index` (a TensorArray of dynamic size). */
function withRoom(context: LowerContext, list: Value, index: Value): Value {
  const { add, sub } = calculator(context);
  const zero = context.scalar('int32', 0);
  const end = add(index, context.scalar('int32', 1));
  const lacking = context.emit1('MAXIMUM', {}, [sub(end, sizeAt(context, list, 0)), zero]);
  const others = list.shape.slice(1).flatMap(() => [zero, zero]);
  const paddings = pack(context, [zero, lacking, ...others]);
  return emitPad(context, list, emitReshape(context, paddings, [list.shape.length, 2]));
}

const asElement = (context: LowerContext, item: Value): Value =>
  context.emit1('EXPAND_DIMS', {}, [item, context.scalar('int32', 0)]);

const pack = (context: LowerContext, scalars: readonly Value[]): Value =>
  context.emit1('PACK', { values_count: scalars.length, axis: 0 }, scalars);

/** An empty list: zeros. Its elements' shape has to be known, or taken from a tensor of the same shape (`_like`). */
const reserve: Lowering = (context) => {
  const count = scalarIndex(context, 1);
  const dtype = context.dtype('element_dtype');
  if (context.inputCount > 2) return likeElements(context, context.input(2), count);
  return context.emit1('FILL', {}, [listShape(context, count), context.scalar(dtype, 0)]);
};

/** The shape of `count` elements of the shape in operand 0. */
function listShape(context: LowerContext, count: Value): Value {
  const shape = context.input(0);
  const rank = shape.shape.length === 1 ? (shape.shape[0] ?? -1) : -1;
  if (rank < 0 || constantNumbers(shape)?.some((dim) => dim < 0))
    return context.refuse(
      'the shape of its elements is not known; fix the shapes of the inputs, e.g. --shape NAME=1,10,6',
    );
  if (rank === 0) return emitReshape(context, count, [1]);
  const attrs = { axis: 0, fused_activation_function: 0 };
  return context.emit1('CONCATENATION', attrs, [emitReshape(context, count, [1]), asInt32(context, shape)]);
}

/** `count` times zeros of the shape of `element`. */
function likeElements(context: LowerContext, element: Value, count: Value): Value {
  const zeros = asElement(context, context.emit1('ZEROS_LIKE', {}, [element]));
  const one = context.scalar('int32', 1);
  return context.emit1('TILE', {}, [zeros, pack(context, [count, ...element.shape.map(() => one)])]);
}

function scalarIndex(context: LowerContext, operand: number): Value {
  const index = asInt32(context, context.input(operand));
  return index.shape.length === 0 ? index : emitReshape(context, index, []);
}

const first: Lowering = (context) => context.input(0);

/** A list that has no element yet. */
const empty: Lowering = (context) =>
  context.emit1('FILL', {}, [
    listShape(context, context.scalar('int32', 0)),
    context.scalar(context.dtype('element_dtype'), 0),
  ]);

const pushBack: Lowering = (context) =>
  context.emit1('CONCATENATION', { axis: 0, fused_activation_function: 0 }, [
    context.input(0),
    asElement(context, context.input(1)),
  ]);

/** TensorFlow's operators on lists. */
export const lowerings: Lowerings = {
  TensorListFromTensor: first,
  TensorListStack: first,
  TensorListGetItem: getItem,
  TensorListSetItem: setItem,
  TensorListReserve: reserve,
  EmptyTensorList: empty,
  TensorListPushBack: pushBack,
  TensorListLength: (context) => sizeAt(context, context.input(0), 0),
  TensorListGather: (context) =>
    context.emit1('GATHER', { axis: 0, batch_dims: 0 }, [context.input(0), context.input(1)]),
};
