import { viewAs } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import type { ConstantData, Graph, Model, Op } from '../convert/graph/ir';
import { Value } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';
import { addDequantize } from './boundary';
import { float16Bits } from './rounding';

/** A DEQUANTIZE and its tensor take about so much of the file; smaller constants would grow by becoming float16. */
const OPERATOR_BYTES = 160;

const halved = (data: ConstantData): ConstantData => ({
  byteLength: data.byteLength / 2,
  bytes: () => {
    const values = viewAs('float32', data.bytes());
    const bits = new Uint16Array(values.length);
    for (let i = 0; i < values.length; i++) bits[i] = float16Bits(values[i] ?? 0);
    return new Uint8Array(bits.buffer);
  },
});

/** Stores float32 constants of `shouldHalve` operators as float16, each followed by one DEQUANTIZE. The model is changed. */
export function toFloat16(model: Model, minElements: number, shouldHalve: (op: Op) => boolean): void {
  for (const graph of allGraphs(model)) {
    const replaced = new Map<Value, Value>();
    for (const op of graph.sorted())
      if (shouldHalve(op))
        op.setInputs(
          op.inputs.map((input) =>
            input && isWorthIt(input, minElements) ? halve(graph, input, replaced) : input,
          ),
        );
  }
}

function isWorthIt(value: Value, minElements: number): boolean {
  if (!value.constant || value.dtype !== 'float32') return false;
  const elements = elementCount(value.shape);
  return elements >= minElements && elements * 2 > OPERATOR_BYTES;
}

function halve(graph: Graph, value: Value, replaced: Map<Value, Value>): Value {
  const known = replaced.get(value);
  if (known) return known;
  const half = new Value(value.name, { dtype: 'float16', shape: value.shape });
  half.constant = value.constant && halved(value.constant);
  const float = addDequantize(graph, half);
  replaced.set(value, float);
  return float;
}
