import { viewAs } from '@shared/model/dtype';
import { elementCount } from '@shared/model/tensor';
import type { ConstantData, Graph, Model, Op } from '../convert/graph/ir';
import { Value } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';
import { opDefinition } from '../convert/registry';
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
    for (const op of graph.sorted()) {
      if (!shouldHalve(op)) continue;
      const chosen = operandsToHalve(op, minElements);
      op.setInputs(
        op.inputs.map((input, i) => (input && chosen.has(i) ? halve(graph, input, replaced) : input)),
      );
    }
  }
}

/**
 * Constants that shrink the file. XNNPACK takes an operator only when its weights and bias are stored alike (otherwise the
 * DEQUANTIZE runs at each inference and the operator on the built-in kernel), so a bias goes with its weights.
 */
function operandsToHalve(op: Op, minElements: number): ReadonlySet<number> {
  const { weights } = opDefinition(op.type).quantization;
  const pair = weights ? [weights.operand, ...(weights.bias === undefined ? [] : [weights.bias])] : [];
  const isPairWorthIt = pair.length > 0 && isWorthIt(op.inputs[pair[0] ?? 0], minElements);
  const chosen = new Set<number>();
  for (const [i, input] of op.inputs.entries()) {
    const isIn = pair.includes(i) ? isPairWorthIt && isFloatConstant(input) : isWorthIt(input, minElements);
    if (isIn) chosen.add(i);
  }
  return chosen;
}

const isFloatConstant = (value: Value | null | undefined): value is Value =>
  value?.constant !== undefined && value.dtype === 'float32';

function isWorthIt(value: Value | null | undefined, minElements: number): boolean {
  if (!isFloatConstant(value)) return false;
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
