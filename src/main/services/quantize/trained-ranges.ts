import { isForeign } from '../convert/graph/foreign';
import type { Graph, Model, Op, Value } from '../convert/graph/ir';
import { allGraphs } from '../convert/graph/subgraphs';
import { opDefinition } from '../convert/registry';
import { unionOf, type Range } from './scales';

/**
 * Takes the ranges that a model was trained to be quantized with (FAKE_QUANT) and drops the operators that said so, where
 * `isChosen`: the rounding to come is the one that they stood for. Answers the range of each value that had one. The model is
 * changed.
 */
export function takeTrainedRanges(model: Model, isChosen: (op: Op) => boolean): Map<Value, Range> {
  const ranges = new Map<Value, Range>();
  for (const graph of allGraphs(model))
    for (const op of graph.sorted()) {
      const trained = isForeign(op) ? undefined : opDefinition(op.type).quantization.trainedRange?.(op);
      const value = op.inputs[0];
      if (!trained || !value || value.constant || !isChosen(op)) continue;
      // What goes straight through stays: a graph gives no input as an output.
      if (graph.inputs.includes(value) && graph.outputs.includes(op.output())) continue;
      graph.replaceUses(op.output(), value);
      graph.remove(op);
      for (const moved of movedFrom(graph, value)) {
        const before = ranges.get(moved);
        ranges.set(moved, before ? unionOf(before, trained) : trained);
      }
    }
  return ranges;
}

/** The value, and those before it whose bytes it has and that nobody else reads: all of them are to have its scale. */
function movedFrom(graph: Graph, value: Value): Value[] {
  const found = [value];
  for (let at = value; ;) {
    const mover = at.producer;
    if (!mover || isForeign(mover) || mover.outputs.length > 1) return found;
    const { rule, picks, operands } = opDefinition(mover.type).quantization;
    if (rule !== 'same' || picks !== undefined || operands === 'all' || operands?.length !== 1) return found;
    const from = mover.inputs[operands[0] ?? 0];
    if (!from || from.constant || !graph.isOnlyUser(from, mover)) return found;
    found.push((at = from));
  }
}
