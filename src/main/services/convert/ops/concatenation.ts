import { defineOp, type LowerContext } from './op';
import type { FusedAttrs } from './kit/binary';
import { elementsOf, known, newArray } from './kit/constants';
import { normalAxis, sizeOf, text } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('1.5.0', '1.14.0', '2.3.0', '2.14.0');

interface ConcatenationAttrs extends FusedAttrs {
  axis: number;
}

const concatenate = (context: LowerContext, first: number, last: number, axisOperand: number) => {
  const operands = Array.from({ length: last - first }, (_, i) => context.input(first + i));
  const [axis = 0] = context.constantInts(axisOperand);
  const filled = operands.filter((value) => value.shape[normalAxis(axis, value.shape.length)] !== 0);
  const [only] = filled.length > 0 ? filled : operands;
  if (only && filled.length <= 1) return only;
  const attrs = { axis: normalAxis(axis, only?.shape.length ?? 0), fused_activation_function: 0 };
  return context.emit1('CONCATENATION', attrs, filled);
};

/** Joins tensors along an axis that they have. */
export const op = defineOp<ConcatenationAttrs>({
  type: 'CONCATENATION',
  code: 2,
  options: {
    union: 10,
    fields: [
      ['axis', 'int32', 0],
      ['fused_activation_function', 'int8', 0],
    ],
  },
  quantization: { rule: 'same', operands: 'all', int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 3, uint32: 4 })),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const axis = normalAxis(op.attrs.axis, shape.length);
    const joined = [...shape];
    let sum = 0;
    for (const input of op.inputs) {
      if (!input || input.shape.length !== shape.length || input.dtype !== dtype)
        throw new Error(
          `${dtype} ${text(shape)} and ${input?.dtype} ${text(input?.shape ?? [])} do not join`,
        );
      const size = input.shape[axis] ?? 0;
      sum = sum === -1 || size === -1 ? -1 : sum + size;
      for (const [i, dim] of input.shape.entries()) {
        if (i === axis || dim === -1 || dim === joined[i]) continue;
        if (joined[i] !== -1)
          throw new Error(`${text(joined)} and ${text(input.shape)} do not join along ${axis}`);
        joined[i] = dim;
      }
    }
    joined[axis] = sum;
    return [{ dtype, shape: joined }];
  },
  fold(inputs, op) {
    const { dtype, shape } = op.output();
    const out = dtype === 'complex64' ? undefined : newArray(dtype, sizeOf(shape));
    if (!out) return undefined;
    const axis = normalAxis(op.attrs.axis, shape.length);
    const blocks = inputs.map((input) => sizeOf(input?.shape.slice(axis) ?? [0]));
    for (let at = 0, row = 0; at < out.length; row++)
      for (const [k, input] of inputs.entries()) {
        const block = blocks[k] ?? 0;
        for (let i = 0; i < block; i++) out[at++] = input?.data[row * block + i] as number;
      }
    return [out];
  },
  shapeElements(op) {
    if (op.output().shape.length !== 1) return undefined;
    const parts = op.inputs.map((input) => elementsOf(input));
    return parts.includes(undefined) ? undefined : known(parts.flatMap((part) => part ?? []));
  },
  lower: {
    ConcatV2: (context) => concatenate(context, 0, context.inputCount - 1, context.inputCount - 1),
    Concat: (context) => concatenate(context, 1, context.inputCount, 0),
  },
});
