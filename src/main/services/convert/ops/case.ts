import { Graph, Value } from '../graph/ir';
import { inlineGraph } from './kit/control-flow';
import type { FunctionArgument, LowerContext, Lowering, Lowerings } from './op';

/** A Case node as IFs within IFs: an index out of range takes the last branch, as in TensorFlow. */
const lower: Lowering = (context) => {
  const attr = context.node.attrs['branches'];
  const names = (attr?.kind === 'list' ? attr.value : []).map((each) =>
    each.kind === 'function' ? each.value : context.refuse('one of its branches is no function'),
  );
  if (names.length === 0) context.refuse('it has no branches');
  const operands = Array.from({ length: context.inputCount - 1 }, (_, i) => context.input(i + 1));
  const args = operands.map(({ dtype, shape, constant }): FunctionArgument => ({
    dtype,
    shape,
    ...(constant ? { constant } : {}),
  }));
  const carried = operands.filter((operand) => !operand.constant);
  const branch = (place: number): Graph => context.lowerFunction(names[place] as string, args);
  const known = context.constant(0);
  if (known) {
    const index = Number(known.data[0] ?? 0);
    const place = index >= 0 && index < names.length ? index : names.length - 1;
    return inlineGraph(context.graph, branch(place), carried);
  }
  return choose(context, branch, names.length - 1, 0, context.input(0), carried);
};

/** Branch `place` or one of those after it, in the graph of `context`. */
function choose(
  context: LowerContext,
  branch: (place: number) => Graph,
  last: number,
  place: number,
  index: Value,
  operands: readonly Value[],
): readonly Value[] {
  if (place === last) return inlineGraph(context.graph, branch(place), operands);
  const copy = (value: Value): Value => new Value(value.name, value);
  const then = branch(place);
  then.inputs.unshift(copy(index));
  const otherwise = new Graph(`${context.node.name}/after_${place}`);
  otherwise.inputs = [copy(index), ...operands.map(copy)];
  const [innerIndex, ...innerOperands] = otherwise.inputs as [Value, ...Value[]];
  otherwise.outputs = [
    ...choose(context.within(otherwise), branch, last, place + 1, innerIndex, innerOperands),
  ];
  const test = context.emit1('EQUAL', {}, [index, context.scalar(index.dtype, place)]);
  return context.emit('IF', { thenBranch: then, elseBranch: otherwise }, [test, index, ...operands]);
}

export const lowerings: Lowerings = { Case: lower, StatelessCase: lower };
