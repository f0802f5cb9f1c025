import type { SourceFunction, SourceNode, SourceRef } from '../source';
import { constantAt, integersAt, type Lookup } from './rnn/constants';

const LOOPS = new Set(['While', 'StatelessWhile']);

/**
 * Lists whose elements' shape is not known get one: the shape that the list is stacked with after the loop, or else (a dynamic
 * batch) an example, which becomes operand 2 of the TensorListReserve node: when a loop writes into the list what is also one
 * of its variables, an element has the shape that this variable starts with.
 */
export function giveListsShapes(
  nodes: ReadonlyMap<string, SourceNode>,
  functions: ReadonlyMap<string, SourceFunction>,
): ReadonlyMap<string, SourceNode> {
  const lookup: Lookup = { node: (name) => nodes.get(name), outside: () => undefined };
  const inputs = new Map<string, readonly SourceRef[]>();
  const stacks = stackedShapes(nodes, lookup);
  for (const loop of nodes.values()) {
    if (!LOOPS.has(loop.op)) continue;
    const attr = loop.attrs['body'];
    const body = attr?.kind === 'function' ? functions.get(attr.value) : undefined;
    if (!body) continue;
    loop.inputs.forEach((operand, i) => {
      const list = nodes.get(operand.node);
      if (list?.op !== 'TensorListReserve' || list.inputs.length > 2 || isKnown(list, lookup)) return;
      const stacked = stacks.get(`${i}:${loop.name}`);
      const example = stacked ? undefined : exampleOf(loop, body, i);
      if (stacked) inputs.set(list.name, [stacked, ...list.inputs.slice(1)]);
      else if (example) inputs.set(list.name, [...list.inputs, example]);
    });
  }
  if (inputs.size === 0) return nodes;
  return new Map(
    Array.from(nodes, ([name, node]): [string, SourceNode] => [
      name,
      { ...node, inputs: inputs.get(name) ?? node.inputs },
    ]),
  );
}

/** Full element shapes of TensorListStack nodes, by the output that they stack. */
function stackedShapes(
  nodes: ReadonlyMap<string, SourceNode>,
  lookup: Lookup,
): ReadonlyMap<string, SourceRef> {
  const shapes = new Map<string, SourceRef>();
  for (const node of nodes.values()) {
    const [list, shape] = node.op === 'TensorListStack' ? node.inputs : [];
    const dims = integersAt(shape, lookup);
    const vector = constantAt(shape, lookup)?.shape.length === 1;
    if (list && shape && vector && dims?.every((dim) => dim >= 0))
      shapes.set(`${list.output}:${list.node}`, shape);
  }
  return shapes;
}

function isKnown(list: SourceNode, lookup: Lookup): boolean {
  const dims = integersAt(list.inputs[0], lookup);
  return dims?.every((dim) => dim >= 0) ?? false;
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
