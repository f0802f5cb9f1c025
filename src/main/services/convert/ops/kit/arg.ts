import { constantNumbers } from '../../graph/constant';
import { TENSOR_TYPE } from '../../schema';
import type { OpDefinition, OpVersion } from '../op';
import { requireType } from './elementwise';
import { asInt32 } from './reshape';
import { normalAxis } from './shapes';
import type { DType } from '@shared/model/dtype';

interface ArgAttrs {
  output_type: number;
}

interface ArgFamily {
  readonly type: string;
  readonly code: number;
  readonly union: number;
  readonly tf: string;
  readonly version: (dtype: DType) => OpVersion;
}

/** Where along the axis in operand 1 the greatest or smallest element is; the first of equals. */
export const argOp = ({ type, code, union, tf, version }: ArgFamily): OpDefinition<ArgAttrs> => ({
  type,
  code,
  options: { union, fields: [['output_type', 'int8', 0]] },
  quantization: { rule: 'transparent', operands: [0], outputs: [], int16Kernel: false },
  version: (op) => version(op.input(0).dtype),
  infer(op) {
    const { shape } = op.input(0);
    const [axis] = constantNumbers(op.input(1)) ?? [];
    if (axis === undefined) throw new Error('its axis is not constant');
    const dtype = op.attrs.output_type === TENSOR_TYPE.int64 ? 'int64' : 'int32';
    return [{ dtype, shape: shape.toSpliced(normalAxis(axis, shape.length), 1) }];
  },
  lower: {
    [tf]: (context) => {
      requireType(context, 0, type, ['float32', 'int32', 'int8', 'uint8', 'bool']);
      return context.emit1(type, { output_type: TENSOR_TYPE[context.dtype('output_type', 'int64')] }, [
        context.input(0),
        asInt32(context, context.input(1)),
      ]);
    },
  },
});
