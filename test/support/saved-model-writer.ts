import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { nodeField, shapeFields } from '@main/services/convert/saved-model/graph-def';
import { writeTensorBundle } from '@main/services/convert/saved-model/tensor-bundle';
import { entry, integer, joined, message, text, type Pieces } from '@main/services/convert/saved-model/wire';
import { numberOfDtype } from '@main/services/convert/read/tensorflow/types';
import type { SourceAttr, SourceNode, SourceTensor } from '@main/services/convert/source';

// Just enough of a SavedModel to write models of any size for tests and measurements.

const FLOAT: SourceAttr = { kind: 'dtype', value: 'float32' };
const ints = (values: readonly number[]): SourceAttr => ({
  kind: 'list',
  value: values.map((value) => ({ kind: 'int', value })),
});
const shapeAttr = (value: readonly number[]): SourceAttr => ({ kind: 'shape', value });

/** Collects nodes and variables of a graph with one input `x` and one output `y`, then writes them as a SavedModel. */
export class SavedModelWriter {
  readonly #nodes: SourceNode[] = [];
  /** By their keys in the checkpoint. */
  readonly #variables = new Map<string, SourceTensor>();
  readonly #inputShape: readonly number[];

  constructor(inputShape: readonly number[]) {
    this.#inputShape = inputShape;
    this.node('x', 'Placeholder', [], { dtype: FLOAT, shape: shapeAttr(inputShape) });
  }

  node(name: string, op: string, inputs: readonly string[], attrs: SourceNode['attrs']): string {
    this.#nodes.push({ name, op, inputs: inputs.map((node) => ({ node, output: 0 })), attrs });
    return name;
  }

  /** A float variable with the same values each time, by their index; returns the name of the node that reads it. */
  variable(name: string, shape: readonly number[], at: (index: number) => number): string {
    const length = shape.reduce((a, b) => a * b, 1);
    // Made when they are written, one variable at a time: a model may be larger than what fits into memory.
    const bytes = (): Uint8Array => {
      const values = new Float32Array(length);
      for (let i = 0; i < length; i++) values[i] = at(i);
      return new Uint8Array(values.buffer);
    };
    const data = { byteLength: 4 * length, bytes };
    this.#variables.set(`${name}/.ATTRIBUTES/VARIABLE_VALUE`, { dtype: 'float32', shape, data });
    const shared: SourceAttr = { kind: 'string', value: name };
    this.node(name, 'VarHandleOp', [], { dtype: FLOAT, shape: shapeAttr(shape), shared_name: shared });
    return this.node(`${name}/Read`, 'ReadVariableOp', [name], { dtype: FLOAT });
  }

  conv(name: string, x: string, kernel: string, stride: number, op = 'Conv2D'): string {
    return this.node(name, op, [x, kernel], {
      T: FLOAT,
      strides: ints([1, stride, stride, 1]),
      dilations: ints([1, 1, 1, 1]),
      padding: { kind: 'string', value: 'SAME' },
      data_format: { kind: 'string', value: 'NHWC' },
    });
  }

  matmul(name: string, x: string, weights: string): string {
    const no: SourceAttr = { kind: 'bool', value: false };
    return this.node(name, 'MatMul', [x, weights], { T: FLOAT, transpose_a: no, transpose_b: no });
  }

  /** An operator whose only attribute is its element type. */
  plain(name: string, op: string, inputs: readonly string[]): string {
    return this.node(name, op, inputs, { T: FLOAT });
  }

  write(folder: string, output: string): void {
    mkdirSync(join(folder, 'variables'), { recursive: true });
    const info = (tensor: string, shape: readonly number[]): Pieces[] => [
      text(1, `${tensor}:0`),
      integer(2, numberOfDtype('float32')),
      message(3, shapeFields(shape)),
    ];
    const meta = [
      message(1, text(4, 'serve')),
      message(2, ...this.#nodes.map((node) => nodeField(node, (name) => name))),
      entry(
        5,
        'serving_default',
        entry(1, 'x', ...info('x', this.#inputShape)),
        entry(2, 'y', ...info(output, [])),
        text(3, 'tensorflow/serving/predict'),
      ),
    ];
    writeFileSync(join(folder, 'saved_model.pb'), joined([...integer(1, 1), ...message(2, ...meta)]));
    const shard = openSync(join(folder, 'variables/variables.data-00000-of-00001'), 'w');
    const index = writeTensorBundle(this.#variables, (bytes) => void writeSync(shard, bytes));
    closeSync(shard);
    writeFileSync(join(folder, 'variables/variables.index'), index);
  }
}
