import type { DType } from '@shared/model/dtype';
import type { Value } from '../../graph/ir';
import { TENSOR_TYPE } from '../../schema';
import type { LowerContext } from '../op';

/** `value` in another element type; nothing is added when it has that type already. */
export const castTo = (context: LowerContext, value: Value, dtype: DType): Value =>
  value.dtype === dtype
    ? value
    : context.emit1('CAST', { in_data_type: TENSOR_TYPE[value.dtype], out_data_type: TENSOR_TYPE[dtype] }, [
        value,
      ]);
