import type { DType } from '@shared/model/dtype';
import type { OpDefinition, OpVersion } from '../op';
import type { Attrs } from '../../graph/ir';
import { binaryOp } from './binary';

const NUMERIC: readonly DType[] = ['float32', 'int32', 'int64', 'int16', 'int8', 'uint8'];

interface Comparison {
  readonly type: string;
  readonly code: number;
  readonly tf: string;
  /** Element types beside the numeric ones. */
  readonly also?: readonly DType[];
  readonly version: (byType: DType) => OpVersion;
  readonly holds: <T extends number | bigint>(a: T, b: T) => boolean;
}

/** Comparisons: operands of one type, which may differ in scale when quantized; the output is bool. */
export const compareOp = ({ type, code, tf, also = [], version, holds }: Comparison): OpDefinition<Attrs> =>
  binaryOp({
    type,
    code,
    attrs: {},
    tf: [tf],
    dtypes: [...NUMERIC, ...also],
    result: 'bool',
    quantization: { rule: 'free', operands: [0, 1], outputs: [], int16Kernel: false },
    version: (op) => version(op.input(0).dtype),
    compute: {
      float: (a, b) => Number(holds(a, b)),
      int: (a, b) => Number(holds(a, b)),
      big: (a, b) => Number(holds(a, b)),
    },
  });
