import type { Attrs } from '../../graph/ir';
import type { OpDefinition, OpVersion } from '../op';

interface ComplexFamily {
  readonly type: string;
  readonly code: number;
  readonly tf: string;
  readonly version: () => OpVersion;
}

/** Operators from complex64 to float32, element by element. */
export const complexOp = ({ type, code, tf, version }: ComplexFamily): OpDefinition<Attrs> => ({
  type,
  code,
  quantization: { rule: 'float', int16Kernel: false },
  version,
  infer: (op) => [{ dtype: 'float32', shape: op.input(0).shape }],
  lower: {
    [tf]: (context) => context.emit1(type, {}, [context.input(0)]),
  },
});
