import type { Value } from '@main/services/convert/graph/ir';
import { NodeContext } from '@main/services/convert/lower/context';
import { findLowering } from '@main/services/convert/registry';
import type { SourceAttr } from '@main/services/convert/source';
import type { TinyGraph } from './tiny-graph';

type PlainAttr = number | boolean | string | readonly (number | string)[];

/** Numbers become ints where whole; a float that is whole has to be given as SourceAttr. */
const attrOf = (value: PlainAttr | SourceAttr): SourceAttr => {
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'string') return { kind: 'string', value };
  return 'kind' in value ? value : { kind: 'list', value: value.map(attrOf) };
};

/** Lowers one TensorFlow node into a tiny graph; its outputs. */
export function lowerNode(
  g: TinyGraph,
  op: string,
  attrs: Readonly<Record<string, PlainAttr | SourceAttr>>,
  ...operands: Value[]
): readonly Value[] {
  const node = {
    name: op.toLowerCase(),
    op,
    inputs: [],
    attrs: Object.fromEntries(Object.entries(attrs).map(([name, value]) => [name, attrOf(value)])),
  };
  const lowering = findLowering(op);
  if (!lowering) throw new Error(`no lowering for ${op}`);
  const noFunctions = (): never => {
    throw new Error('a tiny graph has no functions');
  };
  const outputs = lowering(new NodeContext(node, g.graph, operands, noFunctions));
  return 'length' in outputs ? outputs : [outputs];
}
