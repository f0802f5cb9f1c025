import { BYTES_PER_ELEMENT, bytesOf, viewAs, type DType } from '@shared/model/dtype';
import type { TensorType } from '../graph/ir';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.13.0');

interface BitcastAttrs {
  /** Type of the output; kept here because the options table does not say. */
  readonly output_type: DType;
}

/**
 * What the same bytes are as another element type: one of half the size has a last dimension of 2 more, one of twice the
 * size takes that dimension away.
 */
const recastShape = ({ dtype, shape }: TensorType, to: DType): readonly number[] => {
  const [from, size] = [BYTES_PER_ELEMENT[dtype], BYTES_PER_ELEMENT[to]];
  if (from > size) return [...shape, from / size];
  if (from < size && shape.at(-1) !== size / from)
    throw new Error(
      `it reads ${dtype}[${shape.join(',')}] as ${to}, so its last dimension has to be ${size / from}`,
    );
  return from < size ? shape.slice(0, -1) : shape;
};

/** The same bytes as another element type. */
export const op = defineOp<BitcastAttrs>({
  type: 'BITCAST',
  code: 159,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: op.attrs.output_type, shape: recastShape(op.input(0), op.attrs.output_type) }],
  fold([input], op) {
    const dtype = op.attrs.output_type;
    return input && dtype !== 'string' ? [viewAs(dtype, bytesOf(input.data))] : undefined;
  },
  lower: {
    Bitcast: (context) => {
      const output_type = context.dtype('type');
      if (context.input(0).dtype === output_type) return context.input(0);
      return context.emit1('BITCAST', { output_type }, [context.input(0)]);
    },
  },
});
