import { defineOp } from './op';
import { newArray } from './kit/constants';
import { broadcastIndices } from './kit/elementwise';
import { broadcastShapes, sizeOf } from './kit/shapes';
import { versionByType, versions } from './kit/versions';

const version = versions('2.2.0', '2.12.0');

/** Operands: mask, what is taken where it is true, and where it is false; all three broadcast. */
export const op = defineOp({
  type: 'SELECT_V2',
  code: 123,
  quantization: { rule: 'same', operands: [1, 2], int16Kernel: true },
  version: (op) => version(versionByType(op, 1, { uint32: 2 })),
  infer(op) {
    const [mask, yes, no] = [op.input(0), op.input(1), op.input(2)];
    if (yes.dtype !== no.dtype) throw new Error(`operands are ${yes.dtype} and ${no.dtype}`);
    return [{ dtype: yes.dtype, shape: broadcastShapes(mask.shape, broadcastShapes(yes.shape, no.shape)) }];
  },
  fold([mask, yes, no], op) {
    const { dtype, shape } = op.output();
    const out = dtype === 'complex64' ? undefined : newArray(dtype, sizeOf(shape));
    if (!mask || !yes || !no || !out) return undefined;
    const [m, y, n] = [mask, yes, no].map((operand) => broadcastIndices(operand.shape, shape));
    for (let i = 0; i < out.length; i++)
      out[i] = (
        mask.data[m?.[i] as number] ? yes.data[y?.[i] as number] : no.data[n?.[i] as number]
      ) as number;
    return [out];
  },
  lower: {
    SelectV2: (context) =>
      context.emit1('SELECT_V2', {}, [context.input(0), context.input(1), context.input(2)]),
  },
});
