import { defineOp } from './op';
import { newArray } from './kit/constants';
import { sizeOf, stridesOf } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('1.14.0', '2.3.0', '2.5.0', '2.13.0', '2.16.0');

/** Picks slices of operand 0 by the coordinates in the last dimension of operand 1. */
export const op = defineOp({
  type: 'GATHER_ND',
  code: 107,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { bool: 5, int16: 3, string: 2 })),
  infer(op) {
    const [params, indices] = [op.input(0), op.input(1)];
    const depth = indices.shape.at(-1);
    if (depth === undefined || depth < 0 || depth > params.shape.length)
      throw new Error(`indices of ${depth ?? 'no'} coordinates do not fit ${params.shape.length} dimensions`);
    return [{ dtype: params.dtype, shape: [...indices.shape.slice(0, -1), ...params.shape.slice(depth)] }];
  },
  fold([params, indices], op) {
    const { dtype, shape } = op.output();
    const out = dtype === 'complex64' ? undefined : newArray(dtype, sizeOf(shape));
    if (!params || !indices || !out) return undefined;
    const depth = indices.shape.at(-1) ?? 0;
    const strides = stridesOf(params.shape);
    const inner = sizeOf(params.shape.slice(depth));
    const count = sizeOf(indices.shape.slice(0, -1));
    for (let row = 0; row < count; row++) {
      let from = 0;
      for (let i = 0; i < depth; i++) {
        const index = Number(indices.data[row * depth + i]);
        if (index < 0 || index >= (params.shape[i] ?? 0)) return undefined;
        from += index * (strides[i] ?? 0);
      }
      for (let k = 0; k < inner; k++) out[row * inner + k] = params.data[from + k] as number;
    }
    return [out];
  },
  lower: {
    GatherNd: (context) => context.emit1('GATHER_ND', {}, [context.input(0), context.input(1)]),
  },
});
