import { constantNumbers } from '../graph/constant';
import type { Value } from '../graph/ir';
import { asInt32, emitReshape } from './kit/reshape';
import { versions } from './kit/versions';
import { defineOp, type Lowering } from './op';

const version = versions('2.5.0');

const requirePower = (refuse: (reason: string) => never, lengths: readonly number[]): void => {
  const odd = lengths.find((length) => length < 1 || (length & (length - 1)) !== 0);
  if (odd !== undefined) refuse(`its length ${odd} is no power of two, which TFLite's RFFT2D needs`);
};

/** One dimension: a second one of 1 is put in front of it and taken out again. */
const rfft: Lowering = (context) => {
  const x = context.input(0);
  const [length = 0] = context.constantInts(1);
  requirePower((reason) => context.refuse(reason), [length]);
  const rows = isOpen(x)
    ? context.emit1('EXPAND_DIMS', {}, [x, context.scalar('int32', x.shape.length - 1)])
    : emitReshape(context, x, x.shape.toSpliced(-1, 0, 1));
  const spectrum = context.emit1('RFFT2D', {}, [rows, context.ints32([1, length])]);
  return isOpen(x)
    ? context.emit1('SQUEEZE', { squeeze_dims: [x.shape.length - 1] }, [spectrum])
    : emitReshape(context, spectrum, spectrum.shape.toSpliced(-2, 1));
};

/** More dimensions are known only at run time than RESHAPE can work out. */
const isOpen = ({ shape }: Value): boolean => shape.filter((dim) => dim === -1).length > 1;

/** Discrete Fourier transform of real numbers over the last two dimensions, cut or padded to the lengths in operand 1. */
export const op = defineOp({
  type: 'RFFT2D',
  code: 131,
  quantization: { rule: 'float', int16Kernel: false },
  version: () => version(1),
  infer(op) {
    const [rows = -1, columns = -1] = constantNumbers(op.input(1)) ?? [];
    const half = columns === -1 ? -1 : Math.floor(columns / 2) + 1;
    return [{ dtype: 'complex64', shape: [...op.input(0).shape.slice(0, -2), rows, half] }];
  },
  lower: {
    RFFT: rfft,
    RFFT2D: (context) => {
      requirePower((reason) => context.refuse(reason), context.constantInts(1));
      return context.emit1('RFFT2D', {}, [context.input(0), asInt32(context, context.input(1))]);
    },
  },
});
