import type { Model, Value } from '../graph/ir';

/**
 * Names tensors of a file: a port as its signature calls it, any other as its value is called; where that is taken already, by its
 * last part and a number, since names are a good part of a small file. The format allows repetitions, but tools that read the file (ai-edge-quantizer) refuse them.
 */
export function uniqueNames(model: Model): (value: Value) => string {
  const ports = portNames(model);
  const taken = new Set(ports.values());
  const counts = new Map<string, number>();
  return (value) => {
    const port = ports.get(value);
    if (port !== undefined) return port;
    const { name } = value;
    let unique = name;
    while (unique !== '' && taken.has(unique)) {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      unique = `${name.slice(name.lastIndexOf('/') + 1)}_${count}`;
    }
    taken.add(unique);
    return unique;
  };
}

/** Inputs and outputs are named as the signature has them; a value with several names gets the first. */
function portNames(model: Model): Map<Value, string> {
  const names = new Map<Value, string>();
  for (const { inputs, outputs } of model.signatures)
    for (const { name, value } of [...inputs, ...outputs]) if (!names.has(value)) names.set(value, name);
  return names;
}
