import { EPSILON, type Layer, layers } from '../network';
import {
  boolAttr,
  constant,
  DT_FLOAT,
  DT_INT32,
  floatAttr,
  intsAttr,
  type Node,
  textAttr,
  typeAttr,
} from './graph-def';

const T = typeAttr(DT_FLOAT);
const NHWC = textAttr('NHWC');
const ONES = intsAttr([1, 1, 1, 1]);

/** The classifier's layers as TensorFlow nodes that read the variables <layer>/<weight>/Read; `output` is the last one. */
export function layerNodes(input: string): { readonly nodes: readonly Node[]; readonly output: string } {
  const nodes: Node[] = [];
  let last = input;
  for (const layer of layers) {
    nodes.push(...nodesOf(layer, last));
    last = nodes.at(-1)?.name ?? last;
  }
  return { nodes, output: last };
}

function nodesOf(layer: Layer, input: string): Node[] {
  const { name } = layer;
  const read = (weight: string): string => `${name}/${weight}/Read`;
  const same = { T, strides: ONES, dilations: ONES, padding: textAttr('SAME'), data_format: NHWC };
  switch (layer.kind) {
    case 'convolution':
      return [{ name: `${name}/Conv2D`, op: 'Conv2D', inputs: [input, read('kernel')], attributes: same }];
    case 'depthwise':
      return [
        {
          name: `${name}/depthwise`,
          op: 'DepthwiseConv2dNative',
          inputs: [input, read('depthwise_kernel')],
          attributes: same,
        },
      ];
    case 'normalization':
      return [
        {
          name: `${name}/FusedBatchNormV3`,
          op: 'FusedBatchNormV3',
          inputs: [input, ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map(read)],
          attributes: {
            T,
            U: T,
            epsilon: floatAttr(EPSILON),
            is_training: boolAttr(false),
            data_format: NHWC,
          },
        },
      ];
    case 'relu':
      return [
        { name: `${name}/Relu`, op: layer.max === 6 ? 'Relu6' : 'Relu', inputs: [input], attributes: { T } },
      ];
    case 'max-pool': {
      const window = intsAttr([1, layer.size, layer.size, 1]);
      const attributes = { T, ksize: window, strides: window, padding: textAttr('VALID'), data_format: NHWC };
      return [{ name: `${name}/MaxPool`, op: 'MaxPool', inputs: [input], attributes }];
    }
    case 'mean-pool':
      return [
        constant(`${name}/axes`, [2], [1, 2]),
        {
          name: `${name}/Mean`,
          op: 'Mean',
          inputs: [input, `${name}/axes`],
          attributes: { T, Tidx: typeAttr(DT_INT32), keep_dims: boolAttr(false) },
        },
      ];
    case 'dense-softmax':
      return [
        { name: `${name}/MatMul`, op: 'MatMul', inputs: [input, read('kernel')], attributes: { T } },
        {
          name: `${name}/BiasAdd`,
          op: 'BiasAdd',
          inputs: [`${name}/MatMul`, read('bias')],
          attributes: { T, data_format: NHWC },
        },
        { name: `${name}/Softmax`, op: 'Softmax', inputs: [`${name}/BiasAdd`], attributes: { T } },
      ];
  }
}
