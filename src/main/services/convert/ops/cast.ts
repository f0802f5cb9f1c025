import type { DType, TypedArray } from '@shared/model/dtype';
import type { Op } from '../graph/ir';
import { TENSOR_TYPE } from '../schema';
import { defineOp, type ConstantTensor } from './op';
import { castTo } from './kit/cast';
import { elementsOf, known, newArray } from './kit/constants';
import { kindOf } from './kit/elementwise';
import { versions } from './kit/versions';

const version = versions('1.5.0', '2.7.0', '2.8.0', '2.9.0', '2.12.0');

interface CastAttrs {
  in_data_type: number;
  out_data_type: number;
}

const typeOf = (number: number): DType => {
  const found = Object.entries(TENSOR_TYPE).find(([, code]) => code === number);
  if (!found) throw new Error(`${number} is no element type`);
  return found[0] as DType;
};

/** Floats are cut off towards zero, anything but zero is true. Undefined where C leaves the result open. */
const castData = (input: ConstantTensor, dtype: DType): TypedArray | undefined => {
  const out = newArray(dtype, input.data.length);
  const [from, to] = [kindOf(input.dtype), kindOf(dtype)];
  if (!out || from === 'none' || to === 'none') return undefined;
  for (let i = 0; i < out.length; i++) {
    const element = input.data[i] as number | bigint;
    if (dtype === 'bool') out[i] = Number(Number(element) !== 0);
    else if (to === 'float') out[i] = Number(element);
    else if (from === 'float' && Math.abs(Math.trunc(Number(element))) <= 2 ** 31) {
      const whole = Math.trunc(Number(element));
      out[i] = (to === 'big' ? BigInt(whole) : whole) as number;
    } else if (from === 'float') return undefined;
    else if (to === 'big') out[i] = BigInt(element) as never;
    else out[i] = typeof element === 'bigint' ? Number(BigInt.asIntN(32, element)) : element;
  }
  return out;
};

export const op = defineOp<CastAttrs>({
  type: 'CAST',
  code: 53,
  options: {
    union: 37,
    fields: [
      ['in_data_type', 'int8', 0],
      ['out_data_type', 'int8', 0],
    ],
  },
  quantization: { rule: 'float', int16Kernel: false },
  version: (op: Op<CastAttrs>) => {
    const types = [op.input(0).dtype, op.output().dtype];
    if (types.includes('float64') || types.includes('float16')) return version(5);
    if (types.includes('uint16')) return version(4);
    if (types.includes('int8')) return version(3);
    return version(types.includes('uint32') ? 2 : 1);
  },
  identity: (op) => (op.input(0).dtype === op.output().dtype ? op.input(0) : undefined),
  infer: (op) => [{ dtype: typeOf(op.attrs.out_data_type), shape: op.input(0).shape }],
  fold([input], op) {
    const data = input ? castData(input, op.output().dtype) : undefined;
    return data && [data];
  },
  shapeElements: (op) =>
    ['int32', 'int64'].includes(op.output().dtype) ? known(elementsOf(op.input(0))) : undefined,
  lower: {
    Cast: (context) => castTo(context, context.input(0), context.dtype('DstT')),
  },
});
