import { contentKey } from '../graph/constant-content';
import type { ConstantData, Value } from '../graph/ir';
import type { Pass } from './pass';

/** Larger constants are only merged when they are the same object; the writer finds out about the others. */
const COMPARED_BYTES = 1 << 16;

/** Makes one tensor of constants with the same type and contents. */
export const duplicateConstants: Pass = {
  name: 'duplicate constants',
  run(graph) {
    const byData = new Map<ConstantData, Value[]>();
    const byContent = new Map<string, Value[]>();
    const seen = new Set<Value>();
    for (const op of graph.sorted())
      for (const input of op.inputs) {
        if (!input?.constant || seen.has(input)) continue;
        seen.add(input);
        const data = input.constant;
        const equals =
          data.byteLength > COMPARED_BYTES
            ? listAt(byData, data)
            : listAt(byContent, contentKey(data.bytes()));
        const twin = equals.find((other) => sameType(other, input));
        if (twin) graph.replaceUses(input, twin);
        else equals.push(input);
      }
  },
};

function listAt<K>(map: Map<K, Value[]>, key: K): Value[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}

const sameType = (a: Value, b: Value): boolean =>
  a.dtype === b.dtype &&
  a.shape.length === b.shape.length &&
  a.shape.every((size, i) => size === b.shape[i]) &&
  JSON.stringify(a.quantization) === JSON.stringify(b.quantization);
