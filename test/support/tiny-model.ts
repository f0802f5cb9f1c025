import { constantValue } from '@main/services/convert/graph/constant';
import { Graph, signatureOf, Value, type Model } from '@main/services/convert/graph/ir';
import { emitOp } from '@main/services/convert/lower/emit';

const RELU = 1;

/** A graph with one input, and what is needed to add operators to it. */
export class GraphBuilder {
  readonly graph: Graph;

  constructor(name = 'main') {
    this.graph = new Graph(name);
  }

  input(name: string, shape: readonly number[], dtype: 'float32' | 'int32' | 'int8' = 'float32'): Value {
    const value = new Value(name, { dtype, shape });
    this.graph.inputs.push(value);
    return value;
  }

  floats(name: string, shape: readonly number[], at: (index: number) => number): Value {
    const size = shape.reduce((a, b) => a * b, 1);
    return constantValue(name, {
      dtype: 'float32',
      shape,
      data: Float32Array.from({ length: size }, (_, i) => at(i)),
    });
  }

  ints(name: string, values: readonly number[]): Value {
    return constantValue(name, { dtype: 'int32', shape: [values.length], data: Int32Array.from(values) });
  }

  emit(type: string, attrs: object, inputs: readonly (Value | null)[], name = type.toLowerCase()): Value {
    const [output] = emitOp(this.graph, type, attrs, inputs, name);
    if (!output) throw new Error(`${type} has no output`);
    return output;
  }

  conv(x: Value, channels: number, name: string): Value {
    const depth = x.shape[3] as number;
    const weights = this.floats(`${name}/kernel`, [channels, 3, 3, depth], (i) => ((i * 7) % 11) / 11 - 0.5);
    const bias = this.floats(`${name}/bias`, [channels], (i) => i / 10);
    return this.emit(
      'CONV_2D',
      {
        padding: 0,
        stride_w: 1,
        stride_h: 1,
        fused_activation_function: RELU,
        dilation_w_factor: 1,
        dilation_h_factor: 1,
        quantized_bias_type: 0,
      },
      [x, weights, bias],
      name,
    );
  }

  /** The model whose default signature is this graph: inputs in order, one output called `y`. */
  model(...outputs: readonly Value[]): Model {
    this.graph.outputs = [...outputs];
    return {
      graphs: [this.graph],
      signatures: [
        signatureOf(
          'serving_default',
          this.graph,
          this.graph.inputs.map(({ name }, index) => ({ name, index })),
          outputs.map((_, index) => ({ name: index === 0 ? 'y' : `y${index}`, index })),
        ),
      ],
      description: 'test',
      metadata: new Map(),
    };
  }
}

/** A few operators with constants, a dynamic batch: about 1 kB as a file. */
export function tinyModel(): Model {
  const builder = new GraphBuilder();
  const x = builder.input('x', [-1, 4, 4, 2]);
  const conv = builder.conv(x, 3, 'conv');
  const flat = builder.emit('RESHAPE', {}, [conv, builder.ints('shape', [-1, 48])], 'flat');
  return builder.model(builder.emit('SOFTMAX', { beta: 1 }, [flat], 'softmax'));
}

/** `count` convolutions one after the other. */
export function chainModel(count: number): Model {
  const builder = new GraphBuilder();
  let x = builder.input('x', [1, 4, 4, 2]);
  for (let i = 0; i < count; i++) x = builder.conv(x, 2, `conv${i}`);
  return builder.model(x);
}
