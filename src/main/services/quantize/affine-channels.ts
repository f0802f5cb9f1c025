import { elementCount } from '@shared/model/tensor';
import { viewAs } from '@shared/model/dtype';
import { constantValue } from '../convert/graph/constant';
import { Op, Value, type Graph, type Model } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';

/** The part of MUL's and ADD's attributes that matters here; 0 is ActivationFunctionType.NONE of TFLite's schema. */
interface Fused {
  readonly fused_activation_function: number;
}
const NO_ACTIVATION = 0;

/**
 * Writes x * c + b, where c and b are constants of the last axes (the end of a layer normalization), as a depthwise
 * convolution of 1 x 1: its kernel rounds once, where MUL and ADD round once each. Answers which value has the range of
 * which other one. The model is changed.
 */
export function affineToDepthwise(model: Model, isChosen: (op: Op) => boolean): Map<Value, Value> {
  const sameRange = new Map<Value, Value>();
  for (const graph of allGraphs(model)) {
    const shapes = new Shapes();
    for (const add of graph.sorted()) {
      const found = add.type === 'ADD' && isChosen(add) ? affine(graph, add) : undefined;
      if (found && isChosen(found.mul)) rewrite(graph, found, shapes, sameRange);
    }
  }
  return sameRange;
}

interface Affine {
  readonly mul: Op;
  readonly add: Op;
  readonly x: Value;
  readonly factor: Value;
  readonly offset: Value;
  /** Elements of the axes that the constants go along. */
  readonly channels: number;
}

function affine(graph: Graph, add: Op): Affine | undefined {
  const offset = add.inputs.find((input) => input?.constant);
  const product = add.inputs.find((input) => !input?.constant);
  const mul = product?.producer;
  if (!offset || !product || mul?.type !== 'MUL' || !graph.isOnlyUser(product, add)) return undefined;
  if ((mul.attrs as Fused).fused_activation_function !== NO_ACTIVATION) return undefined;
  const factor = mul.inputs.find((input) => input?.constant);
  const x = mul.inputs.find((input) => !input?.constant);
  // Anything else is better folded into a convolution, or takes more bytes so.
  if (!factor || x?.dtype !== 'float32' || x.producer?.type !== 'MUL') return undefined;
  const channels = elementCount(factor.shape);
  const trailing = factor.shape.filter((dim, i) => dim !== 1 || i === factor.shape.length - 1);
  const isTrailing = trailing.every((dim, i) => dim === x.shape.at(i - trailing.length));
  const isWhole = add.output().shape.join() === x.shape.join();
  // RESHAPE can find out one dynamic dimension, and a constant of one element is no channel.
  if (!isTrailing || !isWhole || channels < 2 || x.shape.filter((dim) => dim < 0).length > 1)
    return undefined;
  if (elementCount(offset.shape) !== channels || offset.shape.join() !== factor.shape.join())
    return undefined;
  return { mul, add, x, factor, offset, channels };
}

/** Constants that say a shape, one for each. */
class Shapes {
  readonly #known = new Map<string, Value>();

  of(dims: readonly number[]): Value {
    const known = this.#known.get(dims.join());
    if (known) return known;
    const data = Int32Array.from(dims);
    const made = constantValue('shape', { dtype: 'int32', shape: [dims.length], data });
    this.#known.set(dims.join(), made);
    return made;
  }
}

function rewrite(
  graph: Graph,
  { mul, add, x, factor, offset, channels }: Affine,
  shapes: Shapes,
  sameRange: Map<Value, Value>,
): void {
  const output = add.output();
  const flat = [1, -1, 1, channels];
  const rows = x.shape.some((dim) => dim < 0) ? -1 : elementCount(x.shape) / channels;
  const flatType = { dtype: 'float32', shape: [1, rows, 1, channels] } as const;
  const input = new Value('rows', flatType);
  const result = new Value('rows', flatType);
  const channelwise = (value: Value, dims: readonly number[]): Value =>
    constantValue(value.name, {
      dtype: 'float32',
      shape: dims,
      data: viewAs('float32', value.constant?.bytes() ?? new Uint8Array()),
    });
  graph.remove(mul);
  graph.remove(add);
  graph.add(new Op('RESHAPE', add.name, {}, [x, shapes.of(flat)], [input]));
  graph.add(
    new Op(
      'DEPTHWISE_CONV_2D',
      add.name,
      {
        padding: 1,
        stride_w: 1,
        stride_h: 1,
        depth_multiplier: 1,
        fused_activation_function: (add.attrs as Fused).fused_activation_function,
        dilation_w_factor: 1,
        dilation_h_factor: 1,
      },
      [input, channelwise(factor, [1, 1, 1, channels]), channelwise(offset, [channels])],
      [result],
    ),
  );
  graph.add(new Op('RESHAPE', add.name, {}, [result, shapes.of(x.shape)], [output]));
  sameRange.set(input, x);
  sameRange.set(result, output);
}
