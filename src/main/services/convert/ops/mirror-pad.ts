import { defineOp } from './op';
import { paddedShape } from './kit/pad';
import { asInt32 } from './kit/reshape';
import { versionByType, versions } from './kit/versions';

const version = versions('1.13.1', '2.3.0', '2.12.0');

interface MirrorPadAttrs {
  mode: number;
}

const MODES: Readonly<Record<string, number>> = { REFLECT: 0, SYMMETRIC: 1 };

/** Pads with what lies behind the border: without (REFLECT) or with (SYMMETRIC) the border itself. */
export const op = defineOp<MirrorPadAttrs>({
  type: 'MIRROR_PAD',
  code: 100,
  options: { union: 77, fields: [['mode', 'int8', 0]] },
  quantization: { rule: 'same', operands: [0], int16Kernel: true },
  version: (op) => version(versionByType(op, 0, { int8: 2, int16: 3 })),
  infer: (op) => [{ dtype: op.input(0).dtype, shape: paddedShape(op) }],
  lower: {
    MirrorPad: (context) => {
      const mode = MODES[context.string('mode')];
      if (mode === undefined) context.refuse(`its mode is neither REFLECT nor SYMMETRIC`);
      return context.emit1('MIRROR_PAD', { mode }, [context.input(0), asInt32(context, context.input(1))]);
    },
  },
});
