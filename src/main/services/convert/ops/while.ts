import type { Graph, Op, TensorType, Value } from '../graph/ir';
import { mergeTypes, sameType } from './kit/control-flow';
import { versions } from './kit/versions';
import { defineOp, type FunctionArgument, type LowerContext } from './op';

interface WhileAttrs {
  cond: Graph;
  body: Graph;
}

const version = versions('1.15.0');
/** Shapes that a body keeps changing are dynamic after one round each; more rounds than dimensions are never needed. */
const MAX_ROUNDS = 16;

/**
 * A While node. Operands that the body does not change (attribute `_invariant`) and that are constants move into the bodies;
 * dimensions that the body changes become dynamic.
 */
const lower = (context: LowerContext): readonly Value[] => {
  const operands = Array.from({ length: context.inputCount }, (_, i) => context.input(i));
  const invariant = new Set(context.ints('_invariant', []));
  const fixed = operands.map((value, i) => invariant.has(i) && value.constant !== undefined);
  const carried = operands.map((_, i) => i).filter((i) => !fixed[i]);
  let types: readonly TensorType[] = operands;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const args = types.map(({ dtype, shape }, i): FunctionArgument => ({
      dtype,
      shape,
      ...(fixed[i] ? { constant: operands[i]?.constant } : {}),
    }));
    const body = context.lowerFunction(context.functionName('body'), args);
    const before = types;
    types = types.map((type, i) => (fixed[i] ? type : mergeTypes(context, type, body.outputs[i])));
    if (!types.every((type, i) => sameType(type, before[i]))) continue;
    const cond = context.lowerFunction(context.functionName('cond'), args);
    body.outputs = carried.map((i) => body.outputs[i] as Value);
    const outputs = context.emit(
      'WHILE',
      { cond, body },
      carried.map((i) => operands[i] as Value),
    );
    return operands.map((operand, i) =>
      invariant.has(i) ? operand : (outputs[carried.indexOf(i)] as Value),
    );
  }
  return context.refuse('the shapes of its variables keep changing from one pass of the loop to the next');
};

/** Runs `body` on its operands for as long as `cond` of them holds. */
export const op = defineOp<WhileAttrs>({
  type: 'WHILE',
  code: 119,
  options: {
    union: 93,
    fields: [
      ['cond', 'graph'],
      ['body', 'graph'],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op: Op<WhileAttrs>) => {
    const { body, cond } = op.attrs;
    if (body.inputs.length !== op.inputs.length || body.outputs.length !== op.inputs.length)
      throw new Error(`its body has ${body.inputs.length} inputs and ${body.outputs.length} outputs`);
    if (cond.inputs.length !== op.inputs.length || cond.outputs[0]?.dtype !== 'bool')
      throw new Error('its condition does not fit its operands');
    return body.inputs.map(({ dtype, shape }) => ({ dtype, shape }));
  },
  lower: { While: lower, StatelessWhile: lower },
});
