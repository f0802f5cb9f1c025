import { bytesOf, type TypedArray } from '@shared/model/dtype';
import { byteLengthOf, constantTensor, dataOf } from '../graph/constant';
import { Op, Value, type Attrs, type ConstantData, type Graph, type TensorType } from '../graph/ir';
import { opDefinition, type RegisteredOp } from '../registry';

/** Folded results up to this size are computed at once and kept; larger ones each time that they are read. */
const EAGER_FOLD_BYTES = 1 << 20;

/**
 * Adds an operator to `graph`: infers its outputs and, where all operands are constant, folds it into constants.
 * Throws an Error with what does not fit.
 */
export function emitOp(
  graph: Graph,
  type: string,
  attrs: Attrs,
  inputs: readonly (Value | null)[],
  name: string,
): readonly Value[] {
  const definition = opDefinition(type);
  const op = new Op(type, name, attrs, inputs, []);
  try {
    const types = definition.infer(op);
    op.setOutputs(types.map((type, i) => new Value(i === 0 ? name : `${name}:${i}`, checked(type, op))));
  } catch (error) {
    op.setInputs([]);
    throw error;
  }
  if (foldOp(op)) return op.outputs;
  return graph.add(op).outputs;
}

/**
 * Turns the outputs of an operator into constants when its operands are constant and the result is no larger than they are
 * (or small); leaves it without operands and outputs' producer then. False when it has to stay.
 */
export function foldOp(op: Op): boolean {
  const definition = opDefinition(op.type);
  const results = constantResults(definition, op) ?? knownShape(definition, op);
  if (!results) return false;
  op.outputs.forEach((output, i) => {
    output.constant = results[i];
    output.producer = undefined;
    output.shapeElements = undefined;
  });
  op.setInputs([]);
  return true;
}

function constantResults(definition: RegisteredOp, op: Op): readonly ConstantData[] | undefined {
  const { fold } = definition;
  if (!fold || definition.stateful || op.inputs.length === 0) return undefined;
  let operandBytes = 0;
  for (const input of op.inputs) {
    if (!input) continue;
    if (!input.constant || input.dtype === 'string') return undefined;
    operandBytes += input.constant.byteLength;
  }
  const sizes = op.outputs.map(byteLengthOf);
  const total = sizes.reduce((a, b) => a + b, 0);
  if (Number.isNaN(total) || op.outputs.some((output) => output.dtype === 'string')) return undefined;
  if (total > EAGER_FOLD_BYTES && total > operandBytes) return undefined;

  // The operator gives up its operands afterwards, so what the kernel is to see is kept apart from it.
  const operands = [...op.inputs];
  const outputs = op.outputs.map((output) => new Value(output.name, output));
  const compute = (): readonly TypedArray[] | undefined => {
    const frozen = new Op(op.type, op.name, op.attrs, operands, outputs);
    const arrays = fold.call(
      definition,
      operands.map((input) => constantTensor(input) ?? null),
      frozen,
    );
    frozen.setInputs([]);
    arrays?.forEach((array, i) => {
      if (array.byteLength !== sizes[i])
        throw new Error(
          `folding ${op.type} '${op.name}' gave ${array.byteLength} bytes instead of ${sizes[i]}`,
        );
    });
    return arrays;
  };
  // Kernels that do not know an element type know neither of these, so there is no need to try the others now.
  const doubtful = operands.some((input) => input?.dtype === 'float16' || input?.dtype === 'complex64');
  if (total <= EAGER_FOLD_BYTES || doubtful) return compute()?.map(dataOf);
  return sizes.map((byteLength, i) => ({ byteLength, bytes: () => bytesOf(compute()?.[i] as TypedArray) }));
}

/** Notes what the operator tells about a shape-like output; when every element is a plain number it is a constant. */
function knownShape(definition: RegisteredOp, op: Op): readonly ConstantData[] | undefined {
  const output = op.outputs[0];
  if (!definition.shapeElements || !output || op.outputs.length > 1) return undefined;
  const elements = definition.shapeElements(op);
  output.shapeElements = elements;
  const numbers = elements?.filter((element) => typeof element === 'number');
  if (!numbers || numbers.length !== elements?.length) return undefined;
  if (output.dtype === 'int64') return [dataOf(BigInt64Array.from(numbers, BigInt))];
  return output.dtype === 'int32' ? [dataOf(Int32Array.from(numbers))] : undefined;
}

function checked(type: TensorType, op: Op): TensorType {
  const bad = type.shape.find((size) => !Number.isSafeInteger(size) || size < -1);
  if (bad !== undefined) throw new Error(`${op.type} '${op.name}' would have a dimension of ${bad}`);
  return type;
}
