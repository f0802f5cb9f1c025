import type { TypedArray } from '@shared/model/dtype';
import { defineOp } from './op';
import { elementsOf, known, newArray } from './kit/constants';
import { compatible, normalAxis, sizeOf, text } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('1.11.0', '1.14.0', '2.3.0', '2.13.0');

interface PackAttrs {
  values_count: number;
  axis: number;
}

/** Joins tensors of one shape along a new axis. */
export const op = defineOp<PackAttrs>({
  type: 'PACK',
  code: 83,
  options: {
    union: 59,
    fields: [
      ['values_count', 'int32', 0],
      ['axis', 'int32', 0],
    ],
  },
  quantization: { rule: 'same', operands: 'all', int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 3, uint32: 4 })),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const known = shape.map((dim, axis) =>
      dim === -1 ? (op.inputs.map((input) => input?.shape[axis] ?? -1).find((d) => d !== -1) ?? -1) : dim,
    );
    for (const input of op.inputs)
      if (input && !compatible(input.shape, known))
        throw new Error(`shapes ${text(input.shape)} and ${text(known)} cannot be packed`);
    const axis = normalAxis(op.attrs.axis, shape.length + 1);
    return [{ dtype, shape: known.toSpliced(axis, 0, op.inputs.length) }];
  },
  fold(inputs, op) {
    const { dtype, shape } = op.output();
    const out = newArray(dtype, sizeOf(shape));
    const inner = sizeOf(shape.slice(normalAxis(op.attrs.axis, shape.length) + 1));
    return out && dtype !== 'complex64'
      ? [
          interleave(
            inputs.map((input) => input?.data),
            inner,
            out,
          ),
        ]
      : undefined;
  },
  shapeElements(op) {
    if (op.output().shape.length > 1) return undefined;
    return known(op.inputs.map((input) => elementsOf(input)?.[0] ?? 'unknown'));
  },
  lower: {
    Pack: (context) =>
      context.emit1(
        'PACK',
        { values_count: context.inputCount, axis: context.int('axis', 0) },
        Array.from({ length: context.inputCount }, (_, i) => context.input(i)),
      ),
  },
});

const interleave = (
  inputs: readonly (TypedArray | undefined)[],
  inner: number,
  out: TypedArray,
): TypedArray => {
  for (let at = 0, from = 0; at < out.length; from += inner)
    for (const data of inputs) for (let i = 0; i < inner; i++) out[at++] = data?.[from + i] as number;
  return out;
};
