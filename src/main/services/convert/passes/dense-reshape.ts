import type { Op, Value } from '../graph/ir';
import type { FullyConnectedAttrs } from '../ops/fully-connected';
import { elementsOf } from '../ops/kit/constants';
import { isShaping } from './kit/match';
import { removeUnused, takeOver } from './kit/rewrite';
import { peephole } from './pass';

/**
 * A dense layer flattens its input itself: the reshape before it goes. Where a reshape after it gives the rows their axes
 * back, the layer keeps them.
 */
export const denseReshape = peephole('dense reshape', ['FULLY_CONNECTED'], (op, graph) => {
  const attrs = op.attrs as FullyConnectedAttrs;
  if (attrs.keep_num_dims) return;
  const before = op.input(0).producer;
  if (isShaping(before) && before.input(0).shape.length >= 2) {
    const flat = op.input(0);
    op.setInput(0, before.input(0));
    removeUnused(graph, flat);
  }
  const output = op.output();
  const [after] = output.users;
  if (!isShaping(after) || after.input(0) !== output || !graph.isOnlyUser(output, after)) return;
  if (!keepsAxes(op, after)) return;
  op.attrs = { ...attrs, keep_num_dims: after.output().shape.length !== 2 };
  takeOver(graph, after, op);
});

/** True when the reshape's result has the layer's input's axes, the last one apart. */
function keepsAxes(dense: Op, reshape: Op): boolean {
  const [input, output] = [dense.input(0), reshape.output()];
  const rank = input.shape.length;
  const [outputs, inputs] = dense.input(1).shape;
  if (output.shape.length !== rank || input.shape[rank - 1] !== inputs || output.shape[rank - 1] !== outputs)
    return false;
  const dynamic = input.shape.filter((dim) => dim === -1).length;
  return input.shape
    .slice(0, -1)
    .every(
      (dim, axis) =>
        dim === output.shape[axis] && (dim !== -1 || dynamic === 1 || isAxisOf(reshape, axis, input)),
    );
}

/** True when the reshape asks for dimension `axis` of `value` in that place. */
function isAxisOf(reshape: Op, axis: number, value: Value): boolean {
  const element = reshape.type === 'RESHAPE' ? elementsOf(reshape.input(1))?.[axis] : undefined;
  return typeof element === 'object' && element.value === value && element.axis === axis;
}
