import type { SourceDType, SourceFunction, SourceNode, SourceRef } from '../source';
import { attrsOf, neededNodes } from './scope';

export const keyOf = (ref: SourceRef): string => `${ref.output}:${ref.node}`;

/** An argument of a function that is cut out of a graph: all references that stand for it. */
export interface Cut {
  readonly refs: readonly SourceRef[];
  readonly dtype: SourceDType;
}

/**
 * Cuts what computes `outputs` out of a graph, up to the references of `cuts`, as a function with an argument per cut.
 * What has no operands (constants) is copied with it.
 */
export function cutFunction(
  name: string,
  nodes: ReadonlyMap<string, SourceNode>,
  cuts: readonly Cut[],
  outputs: readonly SourceRef[],
): SourceFunction {
  const args = cuts.map(({ dtype }, i) => ({ name: freeName(`argument_${i}`, nodes), dtype }));
  const places = new Map<string, SourceRef>();
  cuts.forEach(({ refs }, i) => {
    for (const ref of refs) places.set(keyOf(ref), { node: args[i]?.name ?? '', output: 0 });
  });
  const moved = (ref: SourceRef): SourceRef => places.get(keyOf(ref)) ?? ref;
  const inner = new Map<string, SourceNode>();
  for (const arg of args) inner.set(arg.name, { name: arg.name, op: '_Arg', inputs: [], attrs: attrsOf({}) });
  for (const node of regionOf(nodes, places, outputs))
    inner.set(node.name, { ...node, inputs: node.inputs.map(moved) });
  const results = outputs.map(moved);
  const kept = args.map((arg): SourceRef => ({ node: arg.name, output: 0 }));
  return { name, args, nodes: neededNodes(inner, [...kept, ...results]), outputs: results };
}

/** The nodes that `outputs` need, up to the references in `stops`; in the graph's order. */
export function regionOf(
  nodes: ReadonlyMap<string, SourceNode>,
  stops: ReadonlyMap<string, unknown>,
  outputs: readonly SourceRef[],
): readonly SourceNode[] {
  const found = new Set<string>();
  const stack = outputs.filter((ref) => !stops.has(keyOf(ref)));
  for (let ref = stack.pop(); ref; ref = stack.pop()) {
    if (found.has(ref.node)) continue;
    found.add(ref.node);
    for (const input of nodes.get(ref.node)?.inputs ?? []) if (!stops.has(keyOf(input))) stack.push(input);
  }
  return Array.from(found, (name) => nodes.get(name)).filter((node) => node !== undefined);
}

export function freeName(wanted: string, taken: { has(name: string): boolean }): string {
  let name = wanted;
  for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
  return name;
}
