import type { Quantization } from '@shared/model/tensor';
import type { DType } from '@shared/model/dtype';
import { Op, Value, type Graph } from '../convert/graph/ir';

/** Adds QUANTIZE (also integer to integer) that reads `from`; returns its output. */
export function addQuantize(graph: Graph, from: Value, dtype: DType, quantization: Quantization): Value {
  const output = new Value(`${from.name}_${dtype}`, { dtype, shape: from.shape });
  output.quantization = quantization;
  graph.add(new Op('QUANTIZE', `${from.name}_quantize`, {}, [from], [output]));
  return output;
}

/** Adds DEQUANTIZE that reads `from`; returns its float32 output. */
export function addDequantize(graph: Graph, from: Value): Value {
  const output = new Value(`${from.name}_float32`, { dtype: 'float32', shape: from.shape });
  graph.add(new Op('DEQUANTIZE', `${from.name}_dequantize`, {}, [from], [output]));
  return output;
}
