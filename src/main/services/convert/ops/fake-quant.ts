import { constantNumbers } from '../graph/constant';
import type { Op } from '../graph/ir';
import { versions } from './kit/versions';
import { defineOp, type LowerContext } from './op';

const version = versions('1.5.0', '1.10.0');

/** The range a tensor was trained to be quantized with; min <= 0 <= max. */
export interface FakeQuantAttrs {
  min: number;
  max: number;
  num_bits: number;
  narrow_range: boolean;
}

/** The range moved so that 0 is one of its steps, and the size of a step (TensorFlow's Nudge in fake_quant_ops_functor.h). */
const nudged = ({ min, max, num_bits, narrow_range }: FakeQuantAttrs) => {
  const [low, high] = [narrow_range ? 1 : 0, 2 ** num_bits - 1];
  const scale = Math.fround((max - min) / (high - low));
  // In float32 like the kernel's: where 0 is half way between two steps, the last digit decides.
  const zero = Math.fround(low - Math.fround(min / scale));
  const point = zero < low ? low : zero > high ? high : Math.floor(zero + 0.5);
  return { scale, from: Math.fround((low - point) * scale), to: Math.fround((high - point) * scale) };
};

const quantized = (data: ArrayLike<number | bigint>, attrs: FakeQuantAttrs): Float32Array => {
  const { scale, from, to } = nudged(attrs);
  return Float32Array.from(
    { length: data.length },
    (_, i) => Math.floor((Math.min(Math.max(Number(data[i]), from), to) - from) / scale + 0.5) * scale + from,
  );
};

const lower = (context: LowerContext, min: number | undefined, max: number | undefined) => {
  if (min === undefined || max === undefined)
    context.refuse('its range is computed at run time; freeze the model after training');
  const attrs = {
    min,
    max,
    num_bits: context.int('num_bits', 8),
    narrow_range: context.bool('narrow_range', false),
  };
  if (!attrs.narrow_range || context.input(0).constant)
    return context.emit1('FAKE_QUANT', attrs, [context.input(0)]);
  // The kernel refuses the narrow range, which is the full one without its lowest step.
  const { scale, from, to } = nudged(attrs);
  const full = { ...attrs, min: from - scale, max: to, narrow_range: false };
  const rounded = context.emit1('FAKE_QUANT', full, [context.input(0)]);
  return context.emit1('MAXIMUM', {}, [rounded, context.scalar('float32', from)]);
};

/** Rounds to the steps that quantization would leave. Its range is taken over when the model is quantized. */
export const op = defineOp<FakeQuantAttrs>({
  type: 'FAKE_QUANT',
  code: 80,
  options: {
    union: 58,
    fields: [
      ['min', 'float32', 0],
      ['max', 'float32', 0],
      ['num_bits', 'int32', 0],
      ['narrow_range', 'bool', false],
    ],
  },
  quantization: {
    rule: 'float',
    int16Kernel: false,
    trainedRange(op) {
      const { from, to } = nudged(op.attrs as FakeQuantAttrs);
      return { min: from, max: to };
    },
  },
  version: (op) => version(op.attrs.narrow_range ? 2 : 1),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: op.input(0).shape }],
  fold: ([input], op: Op<FakeQuantAttrs>) => (input ? [quantized(input.data, op.attrs)] : undefined),
  lower: {
    FakeQuantWithMinMaxArgs: (context) => lower(context, context.float('min', -6), context.float('max', 6)),
    FakeQuantWithMinMaxVars: (context) =>
      lower(context, constantNumbers(context.input(1))?.[0], constantNumbers(context.input(2))?.[0]),
    /** Only weights have a range per channel; they are constant, and are rounded here and now. */
    FakeQuantWithMinMaxVarsPerChannel: (context) => {
      const x = context.constant(0);
      const [min, max] = [constantNumbers(context.input(1)), constantNumbers(context.input(2))];
      if (!x || !min || !max)
        return context.refuse('its operands are computed at run time and have to be constants');
      const channels = min.length;
      const rows = x.data.length / channels;
      const out = new Float32Array(x.data.length);
      for (let c = 0; c < channels; c++) {
        const column = Array.from({ length: rows }, (_, row) => Number(x.data[row * channels + c]));
        const attrs = {
          min: min[c] ?? 0,
          max: max[c] ?? 0,
          num_bits: context.int('num_bits', 8),
          narrow_range: context.bool('narrow_range', false),
        };
        quantized(column, attrs).forEach((value, row) => (out[row * channels + c] = value));
      }
      return context.tensor({ dtype: 'float32', shape: x.shape, data: out });
    },
  },
});
