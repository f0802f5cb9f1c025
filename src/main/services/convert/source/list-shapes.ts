import type { SourceFunction, SourceNode, SourceRef } from '../source';
import { integersAt, type Lookup } from './rnn/constants';

const LOOPS = new Set(['While', 'StatelessWhile']);

/**
 * Lists whose elements' shape is not known (a dynamic batch) get an example: when a loop writes into the list what is also one
 * of its variables, an element has the shape that this variable starts with. The example becomes operand 2 of the
 * TensorListReserve node.
 */
export function giveListsExamples(
  nodes: ReadonlyMap<string, SourceNode>,
  functions: ReadonlyMap<string, SourceFunction>,
): ReadonlyMap<string, SourceNode> {
  const lookup: Lookup = { node: (name) => nodes.get(name), outside: () => undefined };
  const examples = new Map<string, SourceRef>();
  for (const loop of nodes.values()) {
    if (!LOOPS.has(loop.op)) continue;
    const attr = loop.attrs['body'];
    const body = attr?.kind === 'function' ? functions.get(attr.value) : undefined;
    if (!body) continue;
    loop.inputs.forEach((operand, i) => {
      const list = nodes.get(operand.node);
      if (list?.op !== 'TensorListReserve' || list.inputs.length > 2 || isKnown(list, lookup)) return;
      const example = exampleOf(loop, body, i);
      if (example) examples.set(list.name, example);
    });
  }
  if (examples.size === 0) return nodes;
  return new Map(
    Array.from(nodes, ([name, node]): [string, SourceNode] => {
      const example = examples.get(name);
      return [name, example ? { ...node, inputs: [...node.inputs, example] } : node];
    }),
  );
}

function isKnown(list: SourceNode, lookup: Lookup): boolean {
  const dims = integersAt(list.inputs[0], lookup);
  return dims !== undefined && dims.every((dim) => dim >= 0);
}

function exampleOf(loop: SourceNode, body: SourceFunction, list: number): SourceRef | undefined {
  const write = body.nodes.get(body.outputs[list]?.node ?? '');
  if (write?.op !== 'TensorListSetItem' || write.inputs[0]?.node !== body.args[list]?.name) return undefined;
  const item = write.inputs[2];
  const same = body.outputs.findIndex(
    (ref, i) => i !== list && item !== undefined && ref.node === item.node && ref.output === item.output,
  );
  return same < 0 ? undefined : loop.inputs[same];
}
