import type { Quantization } from '@shared/model/tensor';
import { SLOTS } from '../schema';
import type { Field, Node } from './flatbuffer';

/** Tensors whose parameters take less than this many numbers may share one table. */
const SHARED_SCALES = 16;

/** The QuantizationParameters table. Zero points are as many as scales. */
export function quantizationNode({ scale, zeroPoint, axis }: Quantization): Node {
  const fields: (Field | undefined)[] = Array.from({ length: SLOTS.quantization.axis + 1 });
  fields[SLOTS.quantization.scale] = { kind: 'numbers', type: 'float32', values: scale };
  fields[SLOTS.quantization.zeroPoint] = { kind: 'numbers', type: 'int64', values: zeroPoint };
  if (scale.length > 1 && axis !== 0) fields[SLOTS.quantization.axis] = { kind: 'int32', value: axis };
  return scale.length < SHARED_SCALES
    ? { kind: 'table', fields, key: `${scale.join(',')}/${zeroPoint.join(',')}/${axis}` }
    : { kind: 'table', fields };
}
