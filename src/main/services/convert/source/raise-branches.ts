import { viewAs } from '@shared/model/dtype';
import type { SourceDType, SourceFunction, SourceNode, SourceRef } from '../source';
import { cutFunction, freeName, keyOf, type Cut } from './region';
import { attrsOf } from './scope';

const MERGES = new Set(['Merge', 'RefMerge']);
const SWITCHES = new Set(['Switch', 'RefSwitch']);

interface Raised {
  readonly nodes: ReadonlyMap<string, SourceNode>;
  readonly roots: readonly SourceRef[];
}

/**
 * Raises TF 1's conditionals to If nodes: values go through Switch (output 0 when the condition is false, 1 when it is true)
 * and come together in Merge. Where the condition is a constant, only the branch taken is left.
 */
export function raiseBranches(
  nodes: ReadonlyMap<string, SourceNode>,
  functions: Map<string, SourceFunction>,
  roots: readonly SourceRef[],
): Raised {
  const merges = Array.from(nodes.values()).filter((node) => MERGES.has(node.op));
  if (merges.length === 0) return { nodes, roots };
  const graph = new Map(nodes);
  const led = new Map<string, SourceRef>();
  const resolve = (ref: SourceRef): SourceRef => led.get(keyOf(ref)) ?? ref;
  // In the graph's order inner conditionals come first: their results are operands of the outer ones.
  for (const merge of merges) {
    const [whenFalse, whenTrue] = merge.inputs.map(resolve);
    const switches = switchesOf(graph, [whenFalse, whenTrue], resolve);
    const condition = switches[0]?.inputs[1];
    if (!condition || !whenFalse || !whenTrue) continue;
    const known = constantTruth(graph, condition);
    const taken = known === undefined ? undefined : known ? whenTrue : whenFalse;
    led.set(
      keyOf({ node: merge.name, output: 0 }),
      taken ?? addIf(graph, functions, merge, condition, switches, whenFalse, whenTrue),
    );
    for (const [name, node] of graph) graph.set(name, { ...node, inputs: node.inputs.map(resolve) });
    if (known !== undefined)
      for (const each of switches)
        led.set(keyOf({ node: each.name, output: known ? 1 : 0 }), resolve(each.inputs[0] as SourceRef));
  }
  const follow = (ref: SourceRef): SourceRef => {
    let now = ref;
    for (let i = 0; i <= led.size && led.has(keyOf(now)); i++) now = led.get(keyOf(now)) as SourceRef;
    return now;
  };
  return {
    nodes: new Map(Array.from(graph, ([name, node]) => [name, { ...node, inputs: node.inputs.map(follow) }])),
    roots: roots.map(follow),
  };
}

/** The Switch nodes that both branches come from, of one condition: that of the first that is met. */
function switchesOf(
  graph: ReadonlyMap<string, SourceNode>,
  branches: readonly (SourceRef | undefined)[],
  resolve: (ref: SourceRef) => SourceRef,
): readonly SourceNode[] {
  const found = new Map<string, SourceNode>();
  const seen = new Set<string>();
  const stack = branches.filter((ref) => ref !== undefined);
  for (let ref = stack.pop(); ref; ref = stack.pop()) {
    if (seen.has(ref.node)) continue;
    seen.add(ref.node);
    const node = graph.get(ref.node);
    if (!node) continue;
    if (SWITCHES.has(node.op)) found.set(node.name, node);
    else stack.push(...node.inputs.map(resolve));
  }
  const all = Array.from(found.values());
  const condition = all[0]?.inputs[1];
  return all.filter((node) => condition && node.inputs[1] && keyOf(node.inputs[1]) === keyOf(condition));
}

function addIf(
  graph: Map<string, SourceNode>,
  functions: Map<string, SourceFunction>,
  merge: SourceNode,
  condition: SourceRef,
  switches: readonly SourceNode[],
  whenFalse: SourceRef,
  whenTrue: SourceRef,
): SourceRef {
  const name = freeName(`${merge.name}/if`, graph);
  const branch = (what: string, output: 0 | 1, result: SourceRef): string => {
    const cuts = switches.map((node): Cut => ({ refs: [{ node: node.name, output }], dtype: dtypeOf(node) }));
    const fn = cutFunction(freeName(`${name}/${what}`, functions), graph, cuts, [result]);
    functions.set(fn.name, fn);
    return fn.name;
  };
  graph.set(name, {
    name,
    op: 'If',
    inputs: [condition, ...switches.map((node) => node.inputs[0] as SourceRef)],
    attrs: attrsOf({
      then_branch: { kind: 'function', value: branch('then', 1, whenTrue) },
      else_branch: { kind: 'function', value: branch('else', 0, whenFalse) },
    }),
  });
  return { node: name, output: 0 };
}

const dtypeOf = (node: SourceNode): SourceDType => {
  const type = node.attrs['T'];
  return type?.kind === 'dtype' ? type.value : 'other';
};

function constantTruth(graph: ReadonlyMap<string, SourceNode>, ref: SourceRef): boolean | undefined {
  const node = graph.get(ref.node);
  if (node?.op === 'LogicalNot' && node.inputs[0]) {
    const inner = constantTruth(graph, node.inputs[0]);
    return inner === undefined ? undefined : !inner;
  }
  const value = node?.op === 'Const' ? node.attrs['value'] : undefined;
  if (value?.kind !== 'tensor' || value.value.dtype !== 'bool') return undefined;
  return viewAs('bool', value.value.data.bytes())[0] === 1;
}
