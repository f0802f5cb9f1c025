import type { SourceAttr, SourceNode, SourceRef } from '../source';
import { integersAt, type Lookup } from './rnn/constants';
import { freeName } from './region';
import { attrsOf } from './scope';

/**
 * Writes TF 1's TensorArrays, whose contents go along with a `flow`, as TF 2's lists of tensors: the flow is the list. Arrays
 * that are filled or taken apart in another order than from the first to the last element are left, to be refused by name.
 */
export function listsForArrays(nodes: ReadonlyMap<string, SourceNode>): ReadonlyMap<string, SourceNode> {
  if (!Array.from(nodes.values()).some((node) => node.op === 'TensorArrayV3')) return nodes;
  const out = new Map(nodes);
  const lookup: Lookup = { node: (name) => nodes.get(name), outside: () => undefined };
  const unknown = addConstant(out, [-1]);
  const inOrder = (ref: SourceRef | undefined): boolean =>
    nodes.get(ref?.node ?? '')?.op === 'Range' ||
    (integersAt(ref, lookup)?.every((value, i) => value === i) ?? false);
  const become = (node: SourceNode, op: string, inputs: readonly (SourceRef | undefined)[]): void =>
    void out.set(node.name, { ...node, op, inputs: inputs.filter((ref) => ref !== undefined) });
  for (const node of nodes.values()) {
    const [, first, second, third] = node.inputs;
    if (node.op === 'TensorArrayV3') startList(out, node);
    else if (node.op === 'TensorArrayWriteV3') become(node, 'TensorListSetItem', [third, first, second]);
    else if (node.op === 'TensorArrayReadV3') become(node, 'TensorListGetItem', [second, first]);
    else if (node.op === 'TensorArraySizeV3') become(node, 'TensorListLength', [first]);
    else if (node.op === 'TensorArrayScatterV3' && inOrder(first))
      become(node, 'TensorListFromTensor', [second, unknown]);
    else if (node.op === 'TensorArrayGatherV3' && inOrder(first))
      become(node, 'TensorListStack', [second, unknown]);
  }
  const flows = new Set(Array.from(nodes.values(), (node) => (node.op === 'TensorArrayV3' ? node.name : '')));
  // Output 1 of an array was its flow; the list is output 0.
  return new Map(
    Array.from(out, ([name, node]): [string, SourceNode] => [
      name,
      {
        ...node,
        inputs: node.inputs.map((ref) => (flows.has(ref.node) ? { node: ref.node, output: 0 } : ref)),
      },
    ]),
  );
}

function startList(out: Map<string, SourceNode>, node: SourceNode): void {
  const shape = node.attrs['element_shape'];
  const dims = shape?.kind === 'shape' ? shape.value : undefined;
  const dtype = node.attrs['dtype'] ?? ({ kind: 'dtype', value: 'float32' } satisfies SourceAttr);
  out.set(node.name, {
    name: node.name,
    op: 'TensorListReserve',
    inputs: [addConstant(out, dims ?? -1), ...node.inputs.slice(0, 1)],
    attrs: attrsOf({ element_dtype: dtype }),
  });
}

function addConstant(out: Map<string, SourceNode>, value: number | readonly number[]): SourceRef {
  const name = freeName('element_shape', out);
  const numbers = typeof value === 'number' ? [value] : value;
  const bytes = new Uint8Array(Int32Array.from(numbers).buffer);
  out.set(name, {
    name,
    op: 'Const',
    inputs: [],
    attrs: attrsOf({
      dtype: { kind: 'dtype', value: 'int32' },
      value: {
        kind: 'tensor',
        value: {
          dtype: 'int32',
          shape: typeof value === 'number' ? [] : [value.length],
          data: { byteLength: bytes.byteLength, bytes: () => bytes },
        },
      },
    }),
  });
  return { node: name, output: 0 };
}
