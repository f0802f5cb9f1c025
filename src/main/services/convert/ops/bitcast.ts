import { BYTES_PER_ELEMENT, bytesOf, viewAs, type DType } from '@shared/model/dtype';
import { versions } from './kit/versions';
import { defineOp } from './op';

const version = versions('2.13.0');

interface BitcastAttrs {
  /** Type of the output; kept here because the options table does not say. */
  readonly output_type: DType;
}

/** The same bytes as another element type of the same size. */
export const op = defineOp<BitcastAttrs>({
  type: 'BITCAST',
  code: 159,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer: (op) => [{ dtype: op.attrs.output_type, shape: op.input(0).shape }],
  fold([input], op) {
    const dtype = op.attrs.output_type;
    return input && dtype !== 'string' ? [viewAs(dtype, bytesOf(input.data))] : undefined;
  },
  lower: {
    Bitcast: (context) => {
      const output_type = context.dtype('type');
      const from = context.input(0).dtype;
      if (from === output_type) return context.input(0);
      if (BYTES_PER_ELEMENT[from] !== BYTES_PER_ELEMENT[output_type])
        context.refuse(`it reads ${from} as ${output_type}, which has another size`);
      return context.emit1('BITCAST', { output_type }, [context.input(0)]);
    },
  },
});
