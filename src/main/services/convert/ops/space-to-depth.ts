import { defineOp } from './op';
import { channelsLast, parts, type BlockAttrs } from './kit/blocks';
import { versionByType, versions } from './kit/versions';

const version = versions('1.5.0', '1.14.0');

/** Moves blocks of pixels into the channels. */
export const op = defineOp<BlockAttrs>({
  type: 'SPACE_TO_DEPTH',
  code: 26,
  options: { union: 19, fields: [['block_size', 'int32', 0]] },
  quantization: { rule: 'same', operands: [0], int16Kernel: false },
  version: (op) => version(versionByType(op, 0, { int8: 2 })),
  infer(op) {
    const { dtype, shape } = op.input(0);
    const [batch = -1, height = -1, width = -1, channels = -1] = shape;
    if (shape.length !== 4) throw new Error(`it has ${shape.length} dimensions instead of 4`);
    const block = op.attrs.block_size;
    return [
      {
        dtype,
        shape: [
          batch,
          parts(height, block),
          parts(width, block),
          channels === -1 ? -1 : channels * block * block,
        ],
      },
    ];
  },
  lower: {
    SpaceToDepth: (context) => {
      channelsLast(context);
      return context.emit1('SPACE_TO_DEPTH', { block_size: context.int('block_size') }, [context.input(0)]);
    },
  },
});
