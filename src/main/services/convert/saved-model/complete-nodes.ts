import type { SourceAttr, SourceDType, SourceNode, SourceRef } from '../source';
import { DEFAULT_TYPES, operatorTypes, type OperatorTypes, type Slot } from './operator-types';

type Attrs = Readonly<Record<string, SourceAttr>>;

/** The types of a node's inputs, list by list, as its operator declares them. */
function inputSlots(types: OperatorTypes, count: number): Slot[] {
  const listed = count - types.inputs.filter((slot) => slot.count === undefined).length;
  return types.inputs.flatMap((slot) =>
    slot.count === undefined ? [slot] : Array.from({ length: Math.max(0, listed) }, () => slot),
  );
}

const dtypeIn = (attr: SourceAttr | undefined): SourceDType | undefined =>
  attr?.kind === 'dtype' ? attr.value : undefined;

/**
 * Gives every node exactly the attributes that TensorFlow's declaration of its operator has: types follow from what it is
 * connected to. A node is to come after those that it reads, but for what goes round in a loop.
 */
export function completeNodes(nodes: ReadonlyMap<string, SourceNode>): ReadonlyMap<string, SourceNode> {
  const completed = new Map<string, SourceNode>();
  const typeOf = ({ node, output }: SourceRef): SourceDType | undefined => {
    const producer = completed.get(node);
    if (!producer) return undefined;
    const outputs = operatorTypes(producer.op)?.outputs ?? [];
    const place = outputs[outputs[0]?.count === undefined ? output : 0];
    return place ? (place.dtype ?? dtypeIn(producer.attrs[place.attr ?? ''])) : dtypeIn(producer.attrs['T']);
  };
  for (const node of nodes.values()) completed.set(node.name, { ...node, attrs: attrsOf(node, typeOf) });
  return completed;
}

function attrsOf(node: SourceNode, typeOf: (ref: SourceRef) => SourceDType | undefined): Attrs {
  const types = operatorTypes(node.op);
  if (!types) return node.attrs;
  const attrs: Record<string, SourceAttr> = Object.fromEntries(
    Object.entries(node.attrs).filter(([name]) => types.attrs.has(name)),
  );
  const setType = (name: string | undefined, dtype: SourceDType | undefined): void => {
    if (name !== undefined && dtype !== undefined) attrs[name] ??= { kind: 'dtype', value: dtype };
  };
  const slots = inputSlots(types, node.inputs.length);
  node.inputs.forEach((ref, i) => setType(slots[i]?.attr, typeOf(ref)));
  for (const { attr } of [...types.inputs, ...types.outputs])
    setType(attr, dtypeIn(node.attrs[attr ?? '']) ?? DEFAULT_TYPES[attr ?? '']);
  for (const { count } of [...types.inputs, ...types.outputs]) {
    const given = count === undefined ? undefined : node.attrs[count];
    if (count === undefined) continue;
    attrs[count] = given ?? { kind: 'int', value: slots.filter((slot) => slot.count === count).length };
  }
  return attrs;
}
