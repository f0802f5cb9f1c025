import { defineOp } from './op';
import { channelsLast, parts, type BlockAttrs } from './kit/blocks';
import { versionByType, versions } from './kit/versions';

const version = versions('2.1.0', '2.5.0');

/** Moves channels into blocks of pixels. */
export const op = defineOp<BlockAttrs>({
  type: 'DEPTH_TO_SPACE',
  code: 5,
  options: { union: 94, fields: [['block_size', 'int32', 0]] },
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
          height === -1 ? -1 : height * block,
          width === -1 ? -1 : width * block,
          parts(channels, block * block),
        ],
      },
    ];
  },
  lower: {
    DepthToSpace: (context) => {
      channelsLast(context);
      return context.emit1('DEPTH_TO_SPACE', { block_size: context.int('block_size') }, [context.input(0)]);
    },
  },
});
