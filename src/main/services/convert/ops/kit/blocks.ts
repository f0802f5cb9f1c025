import { constantNumbers } from '../../graph/constant';
import type { Op, TensorType } from '../../graph/ir';
import type { LowerContext, OpDefinition } from '../op';
import { asInt32 } from './reshape';
import { versionByType, type Versions } from './versions';

interface BlockAttrs {
  block_size: number;
}

/** A dimension in parts of `block`; -1 stays dynamic. Throws when it does not come out even. */
const parts = (dim: number, block: number): number => {
  if (dim !== -1 && dim % block !== 0) throw new Error(`a dimension of ${dim} has no parts of ${block}`);
  return dim === -1 ? -1 : dim / block;
};

/** Refuses nodes of another layout than NHWC. */
const channelsLast = (context: LowerContext): void => {
  const layout = context.string('data_format', 'NHWC');
  if (layout !== 'NHWC') context.refuse(`its layout is ${layout}; export the model with channels last`);
};

interface BlockFamily {
  readonly type: string;
  readonly code: number;
  readonly union: number;
  /** TensorFlow's operator of the same meaning. */
  readonly tf: string;
  /** Plain, int8. */
  readonly version: Versions;
  /** Blocks go into the channels (1), or come out of them (-1). */
  readonly sign: 1 | -1;
}

/** Operators that move blocks of pixels into the channels or back. */
export const blockOp = ({ type, code, union, tf, version, sign }: BlockFamily): OpDefinition<BlockAttrs> => {
  const times = (dim: number, factor: number): number => (dim === -1 ? -1 : dim * factor);
  const [side, depth] = sign === 1 ? [parts, times] : [times, parts];
  return {
    type,
    code,
    options: { union, fields: [['block_size', 'int32', 0]] },
    quantization: { rule: 'same', operands: [0], int16Kernel: false },
    version: (op) => version(versionByType(op, 0, { int8: 2 })),
    infer(op) {
      const { dtype, shape } = op.input(0);
      const [batch = -1, height = -1, width = -1, channels = -1] = shape;
      if (shape.length !== 4) throw new Error(`it has ${shape.length} dimensions instead of 4`);
      const block = op.attrs.block_size;
      return [
        { dtype, shape: [batch, side(height, block), side(width, block), depth(channels, block * block)] },
      ];
    },
    lower: {
      [tf]: (context) => {
        channelsLast(context);
        return context.emit1(type, { block_size: context.int('block_size') }, [context.input(0)]);
      },
    },
  };
};

interface BatchBlockFamily {
  readonly type: string;
  readonly code: number;
  /** TensorFlow's operator of the same meaning. */
  readonly tf: string;
  /** Plain, int8, of other ranks than 4, int16. */
  readonly version: Versions;
  /** Blocks go into the batch after padding (1), or come out of it and are cropped (-1). */
  readonly sign: 1 | -1;
}

/** Operators that move blocks of pixels into the batch or back. */
export const batchBlockOp = ({ type, code, tf, version, sign }: BatchBlockFamily): OpDefinition => ({
  type,
  code,
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => {
    const { dtype, shape } = op.input(0);
    if (dtype === 'int16') return version(4);
    if (shape.length !== 4) return version(3);
    return version(dtype === 'int8' ? 2 : 1);
  },
  infer: (op) => [batchBlocksType(op, sign)],
  lower: {
    [tf]: (context) =>
      context.emit1(type, {}, [
        context.input(0),
        asInt32(context, context.input(1)),
        asInt32(context, context.input(2)),
      ]),
  },
});

/**
 * Shape of SPACE_TO_BATCH_ND (`sign` 1: dimensions grow by operand 2 and are divided by the block) and BATCH_TO_SPACE_ND
 * (-1: multiplied, then cropped).
 */
const batchBlocksType = (op: Op, sign: 1 | -1): TensorType => {
  const { dtype, shape } = op.input(0);
  const block = constantNumbers(op.input(1));
  const border = constantNumbers(op.input(2));
  if (!block)
    return { dtype, shape: shape.map((dim, axis) => (axis > (op.input(1).shape[0] ?? 0) ? dim : -1)) };
  const product = block.reduce((a, b) => a * b, 1);
  return {
    dtype,
    shape: shape.map((dim, axis) => {
      const size = block[axis - 1];
      if (axis === 0 && dim !== -1) return sign === 1 ? dim * product : parts(dim, product);
      if (axis === 0 || size === undefined) return dim;
      if (!border || dim === -1) return -1;
      const change = (border[2 * axis - 2] ?? 0) + (border[2 * axis - 1] ?? 0);
      return sign === 1 ? parts(dim + change, size) : dim * size - change;
    }),
  };
};
