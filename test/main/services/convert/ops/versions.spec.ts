import { expect, it } from 'vitest';
import type { DType } from '@shared/model/dtype';
import { Op, Value } from '@main/services/convert/graph/ir';
import { PLAIN_DENSE } from '@main/services/convert/ops/fully-connected';
import { opDefinition } from '@main/services/convert/registry';
import { CONV, DEPTHWISE } from '../passes/attrs';

type Operand = readonly [dtype: DType, shape: readonly number[], scales?: number];

const value = ([dtype, shape, scales = 0]: Operand): Value => {
  const result = new Value('v', { dtype, shape });
  const list = Array.from({ length: scales }, () => 1);
  if (scales) result.quantization = { scale: list, zeroPoint: list.map(() => 0), axis: 0 };
  return result;
};

const dense: Operand = ['float32', [2, 8]];
const filter: Operand = ['float32', [4, 3, 3, 3]];
const image: Operand = ['float32', [1, 8, 8, 3]];

// Figures of google-ai-edge/LiteRT tflite/converter/tools/versioning/{op_version,runtime_version}.cc.
it.each<[type: string, attrs: object, operands: readonly Operand[], version: number, since: string]>([
  ['CONV_2D', CONV, [image, filter], 1, '1.5.0'],
  ['CONV_2D', CONV, [image, ['int8', [4, 3, 3, 3], 1]], 2, '1.14.0'],
  ['CONV_2D', CONV, [image, ['int8', [4, 3, 3, 3], 4]], 5, '2.4.0'],
  [
    'CONV_2D',
    CONV,
    [
      ['int8', [1, 8, 8, 3]],
      ['int8', [4, 3, 3, 3], 4],
    ],
    3,
    '1.14.0',
  ],
  ['CONV_2D', CONV, [image, ['float32', [4, 3, 3, 1]]], 6, '2.9.0'],
  ['DEPTHWISE_CONV_2D', DEPTHWISE, [image, ['float32', [1, 3, 3, 3]]], 1, '1.5.0'],
  [
    'DEPTHWISE_CONV_2D',
    { ...DEPTHWISE, dilation_w_factor: 2 },
    [image, ['float32', [1, 3, 3, 3]]],
    2,
    '1.12.0',
  ],
  ['DEPTHWISE_CONV_2D', DEPTHWISE, [image, ['int8', [1, 3, 3, 3], 3]], 6, '2.3.0'],
  ['FULLY_CONNECTED', PLAIN_DENSE, [dense, ['float32', [4, 8]], ['float32', [4]]], 1, '1.5.0'],
  [
    'FULLY_CONNECTED',
    { ...PLAIN_DENSE, keep_num_dims: true },
    [dense, ['float32', [4, 8]], ['float32', [4]]],
    5,
    '2.0.0',
  ],
  ['FULLY_CONNECTED', PLAIN_DENSE, [dense, ['float32', [4, 8]]], 6, '2.1.0'],
  ['FULLY_CONNECTED', PLAIN_DENSE, [dense, ['int8', [4, 8], 1], ['float32', [4]]], 3, '1.14.0'],
  [
    'FULLY_CONNECTED',
    { ...PLAIN_DENSE, asymmetric_quantize_inputs: true },
    [dense, ['int8', [4, 8], 1], ['float32', [4]]],
    9,
    '2.3.0',
  ],
  ['FULLY_CONNECTED', PLAIN_DENSE, [dense, ['int8', [4, 8], 4], ['float32', [4]]], 12, '2.17.0'],
  [
    'FULLY_CONNECTED',
    PLAIN_DENSE,
    [
      ['int8', [2, 8]],
      ['int8', [4, 8], 4],
      ['int32', [4]],
    ],
    4,
    '2.11.0',
  ],
  ['SOFTMAX', { beta: 1 }, [['int16', [2, 8]]], 3, '2.3.0'],
  ['LOGISTIC', {}, [['int8', [2, 8]]], 2, '1.14.0'],
  ['RELU', {}, [['int8', [2, 8]]], 2, '2.1.0'],
  ['GELU', { approximate: false }, [dense], 1, '2.9.0'],
])('%s %o %o is of version %i, since %s', (type, attrs, operands, version, since) => {
  const op = new Op(type, 'op', attrs, operands.map(value), []);
  expect(opDefinition(type).version(op)).toEqual({ version, since });
});
