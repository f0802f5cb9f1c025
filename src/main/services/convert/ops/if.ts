import type { Graph, Op, TensorType, Value } from '../graph/ir';
import { inlineGraph, mergeTypes } from './kit/control-flow';
import { versions } from './kit/versions';
import { defineOp, type FunctionArgument, type LowerContext } from './op';

interface IfAttrs {
  thenBranch: Graph;
  elseBranch: Graph;
}

const version = versions('1.15.0');

/** An If node: operands that are constants move into the branches; with a constant condition only one branch is kept. */
const lower = (context: LowerContext): readonly Value[] => {
  const condition = context.input(0);
  const operands = Array.from({ length: context.inputCount - 1 }, (_, i) => context.input(i + 1));
  const args = operands.map(({ dtype, shape, constant }): FunctionArgument => ({
    dtype,
    shape,
    ...(constant ? { constant } : {}),
  }));
  const carried = operands.filter((operand) => !operand.constant);
  const known = context.constant(0);
  if (known) {
    const holds = Number(known.data[0] ?? 0) !== 0;
    const branch = context.lowerFunction(context.functionName(holds ? 'then_branch' : 'else_branch'), args);
    return inlineGraph(context.graph, branch, carried);
  }
  const then = context.lowerFunction(context.functionName('then_branch'), args);
  const otherwise = context.lowerFunction(context.functionName('else_branch'), args);
  then.outputs.forEach((output, i) => mergeTypes(context, output, otherwise.outputs[i]));
  const test =
    condition.dtype === 'bool'
      ? condition
      : context.emit1('NOT_EQUAL', {}, [condition, context.scalar(condition.dtype, 0)]);
  return context.emit('IF', { thenBranch: then, elseBranch: otherwise }, [test, ...carried]);
};

const merged = (a: TensorType, b: TensorType | undefined): TensorType => {
  if (!b || a.dtype !== b.dtype || a.shape.length !== b.shape.length)
    throw new Error('its branches give values of different types');
  return { dtype: a.dtype, shape: a.shape.map((dim, i) => (dim === b.shape[i] ? dim : -1)) };
};

/** Operand 0 chooses between two branches, which take the other operands. */
export const op = defineOp<IfAttrs>({
  type: 'IF',
  code: 118,
  options: {
    union: 92,
    fields: [
      ['thenBranch', 'graph'],
      ['elseBranch', 'graph'],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer(op: Op<IfAttrs>) {
    const branches = [op.attrs.thenBranch, op.attrs.elseBranch];
    if (branches.some((branch) => branch.inputs.length !== op.inputs.length - 1))
      throw new Error('its branches do not fit its operands');
    return op.attrs.thenBranch.outputs.map((output, i) => merged(output, op.attrs.elseBranch.outputs[i]));
  },
  lower: { If: lower, StatelessIf: lower },
});
