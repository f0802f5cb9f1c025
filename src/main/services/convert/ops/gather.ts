import { defineOp, type LowerContext } from './op';
import { elementsOf, known, newArray } from './kit/constants';
import { normalAxis, sizeOf } from './kit/shapes';
import { versions } from './kit/versions';
import type { Value } from '../graph/ir';

const version = versions('1.6.0', '1.14.0', '1.15.0', '2.4.0', '2.5.0', '2.13.0');

interface GatherAttrs {
  axis: number;
  batch_dims: number;
}

const emitGather = (context: LowerContext, axis: number, batchDims: number): Value => {
  const [params, indices] = [context.input(0), context.input(1)];
  return context.emit1(
    'GATHER',
    {
      axis: normalAxis(axis, params.shape.length),
      batch_dims: batchDims < 0 ? batchDims + indices.shape.length : batchDims,
    },
    [params, indices],
  );
};

/** Picks slices of operand 0 along an axis by the indices in operand 1; the first `batch_dims` dimensions go together. */
export const op = defineOp<GatherAttrs>({
  type: 'GATHER',
  code: 36,
  options: {
    union: 23,
    fields: [
      ['axis', 'int32', 0],
      ['batch_dims', 'int32', 0],
    ],
  },
  quantization: { rule: 'same', operands: [0], int16Kernel: true, dynamicRange: 'weight-only' },
  version: (op) => {
    const { dtype } = op.input(0);
    if (op.input(1).dtype === 'int16') return version(6);
    if (op.attrs.batch_dims !== 0) return version(5);
    if (dtype === 'int16') return version(4);
    if (dtype === 'bool') return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer(op) {
    const { axis, batch_dims } = op.attrs;
    const [params, indices] = [op.input(0), op.input(1)];
    if (normalAxis(axis, params.shape.length) < batch_dims || batch_dims > indices.shape.length)
      throw new Error(`axis ${axis} and ${batch_dims} batch dimensions do not fit together`);
    return [
      {
        dtype: params.dtype,
        shape: [
          ...params.shape.slice(0, axis),
          ...indices.shape.slice(batch_dims),
          ...params.shape.slice(axis + 1),
        ],
      },
    ];
  },
  fold([params, indices], op) {
    const { dtype, shape } = op.output();
    const out = dtype === 'complex64' ? undefined : newArray(dtype, sizeOf(shape));
    if (!params || !indices || !out) return undefined;
    const { axis, batch_dims } = op.attrs;
    const dim = params.shape[axis] ?? 1;
    const inner = sizeOf(params.shape.slice(axis + 1));
    const batches = sizeOf(params.shape.slice(0, batch_dims));
    const outer = sizeOf(params.shape.slice(batch_dims, axis));
    const count = sizeOf(indices.shape.slice(batch_dims));
    let at = 0;
    for (let row = 0; row < batches * outer; row++)
      for (let i = 0; i < count; i++) {
        const index = Number(indices.data[Math.floor(row / outer) * count + i]);
        if (index < 0 || index >= dim) return undefined;
        for (let k = 0; k < inner; k++) out[at++] = params.data[(row * dim + index) * inner + k] as number;
      }
    return [out];
  },
  shapeElements(op) {
    const [elements, indices] = [elementsOf(op.input(0)), elementsOf(op.input(1))];
    if (!elements || !indices || op.input(0).shape.length !== 1 || op.input(1).shape.length > 1)
      return undefined;
    return known(
      indices.map((index) => (typeof index === 'number' ? (elements[index] ?? 'unknown') : 'unknown')),
    );
  },
  lower: {
    Gather: (context) => emitGather(context, 0, 0),
    GatherV2: (context) => emitGather(context, context.constantInts(2)[0] ?? 0, context.int('batch_dims', 0)),
  },
});
