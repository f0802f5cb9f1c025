import { AppError } from '@shared/error/app-error';
import type { SourceAttr, SourceDType, SourceFunction, SourceNode, SourceRef } from '../source';
import { INVARIANT } from './bodies';
import { raiseBranches } from './raise-branches';
import { cutFunction, freeName, keyOf, regionOf, type Cut } from './region';
import { attrsOf } from './scope';

const ENTER = new Set(['Enter', 'RefEnter']);
const MERGE = new Set(['Merge', 'RefMerge']);
const SWITCH = new Set(['Switch', 'RefSwitch']);
const NEXT = new Set(['NextIteration', 'RefNextIteration']);
const EXIT = new Set(['Exit', 'RefExit']);

/** A variable of a TF 1 loop: Enter -> Merge -> Switch -> (body) -> NextIteration -> Merge, and Switch -> Exit. */
interface LoopVariable {
  readonly enter: SourceNode;
  readonly merge: SourceNode;
  readonly next: SourceRef;
  readonly switched: readonly SourceNode[];
}

/**
 * Raises TF 1's loops (frames of Enter, Merge, Switch, NextIteration, Exit and LoopCond) to While nodes, innermost first, and
 * conditionals (Switch, Merge) to If nodes. Adds the bodies to `functions`. Frames that are no proper loop are refused.
 */
export function raiseLoops(
  nodes: ReadonlyMap<string, SourceNode>,
  functions: Map<string, SourceFunction>,
  roots: readonly SourceRef[],
): { readonly nodes: ReadonlyMap<string, SourceNode>; readonly roots: readonly SourceRef[] } {
  let graph = nodes;
  let wanted = roots;
  const frames = new Set(Array.from(nodes.values(), frameOf).filter((frame) => frame !== undefined));
  while (frames.size > 0) {
    const before = frames.size;
    for (const frame of frames) {
      const loop = readLoop(graph, frame);
      if (!loop || loop.inner.some((name) => name !== frame && frames.has(name))) continue;
      const result = replaceLoop(graph, functions, wanted, loop);
      graph = result.nodes;
      wanted = result.roots;
      frames.delete(frame);
    }
    if (frames.size === before)
      throw new AppError(
        'model.unsupported',
        `The loop '${Array.from(frames)[0]}' of the model is not written as TensorFlow writes loops. Export the model with TensorFlow 2.`,
      );
  }
  return raiseBranches(graph, functions, wanted);
}

const frameOf = (node: SourceNode): string | undefined => {
  const frame = ENTER.has(node.op) ? node.attrs['frame_name'] : undefined;
  return frame?.kind === 'string' ? frame.value : undefined;
};

interface Loop {
  readonly name: string;
  readonly variables: readonly LoopVariable[];
  readonly constants: readonly SourceNode[];
  readonly condition: SourceRef;
  /** Frames that the loop's nodes enter. */
  readonly inner: readonly string[];
}

function readLoop(nodes: ReadonlyMap<string, SourceNode>, frame: string): Loop | undefined {
  const enters = Array.from(nodes.values()).filter((node) => frameOf(node) === frame);
  const isEntered = (ref: SourceRef): boolean => enters.some((enter) => enter.name === ref.node);
  const variables: LoopVariable[] = [];
  let loopCond: SourceNode | undefined;
  for (const merge of nodes.values()) {
    if (!MERGE.has(merge.op)) continue;
    const entered = merge.inputs.find(isEntered);
    const enter = entered && nodes.get(entered.node);
    const back = merge.inputs.map((ref) => nodes.get(ref.node)).find((node) => node && NEXT.has(node.op));
    const next = back?.inputs[0];
    if (!enter || !next) continue;
    const switched = Array.from(nodes.values()).filter(
      (node) => SWITCH.has(node.op) && node.inputs[0]?.node === merge.name,
    );
    for (const node of switched) {
      const condition = nodes.get(node.inputs[1]?.node ?? '');
      if (condition?.op === 'LoopCond') loopCond = condition;
    }
    variables.push({ enter, merge, next, switched });
  }
  const condition = loopCond?.inputs[0];
  if (!condition) return undefined;
  const stops = new Map(enters.map((enter) => [keyOf({ node: enter.name, output: 0 }), true]));
  const results = [condition, ...variables.map(({ next }) => next)];
  const region = regionOf(nodes, stops, results);
  const used = new Set([...results, ...region.flatMap((node) => node.inputs)].map((ref) => ref.node));
  const changing = new Set(variables.map(({ enter }) => enter.name));
  const constants = enters.filter((enter) => !changing.has(enter.name) && used.has(enter.name));
  const inner = region.map(frameOf).filter((name) => name !== undefined);
  return { name: frame, variables, constants, condition, inner };
}

function replaceLoop(
  nodes: ReadonlyMap<string, SourceNode>,
  functions: Map<string, SourceFunction>,
  roots: readonly SourceRef[],
  loop: Loop,
): { nodes: ReadonlyMap<string, SourceNode>; roots: readonly SourceRef[] } {
  const name = freeName(`${loop.name}/while`, nodes);
  const fixed = loop.constants.map((enter): Cut => ({
    refs: [{ node: enter.name, output: 0 }],
    dtype: dtypeOf(enter),
  }));
  const asCuts = (refsOf: (variable: LoopVariable) => SourceRef[]): Cut[] =>
    loop.variables.map((variable) => ({ refs: refsOf(variable), dtype: dtypeOf(variable.enter) }));
  const conditionCuts = [...asCuts(({ merge }) => [{ node: merge.name, output: 0 }]), ...fixed];
  const bodyCuts = [
    ...asCuts(({ switched }) => switched.map((node) => ({ node: node.name, output: 1 }))),
    ...fixed,
  ];
  const define = (what: string, cuts: readonly Cut[], outputs: readonly SourceRef[]): string => {
    const fn = cutFunction(freeName(`${name}/${what}`, functions), nodes, cuts, outputs);
    const raised = raiseBranches(fn.nodes, functions, fn.outputs);
    functions.set(fn.name, { ...fn, nodes: raised.nodes, outputs: raised.roots });
    return fn.name;
  };
  const body = define('body', bodyCuts, [
    ...loop.variables.map(({ next }) => next),
    ...fixed.map((cut) => cut.refs[0] as SourceRef),
  ]);
  const invariant = fixed.map((_, i): SourceAttr => ({ kind: 'int', value: loop.variables.length + i }));
  const entered = [...loop.variables.map(({ enter }) => enter), ...loop.constants];
  const node: SourceNode = {
    name,
    op: 'While',
    inputs: entered.map((enter) => enter.inputs[0] as SourceRef),
    attrs: attrsOf({
      cond: { kind: 'function', value: define('cond', conditionCuts, [loop.condition]) },
      body: { kind: 'function', value: body },
      [INVARIANT]: { kind: 'list', value: invariant },
    }),
  };
  const exits = new Map<string, SourceRef>();
  for (const each of nodes.values()) {
    const place = EXIT.has(each.op)
      ? loop.variables.findIndex(({ switched }) => switched.some((s) => s.name === each.inputs[0]?.node))
      : -1;
    if (place >= 0) exits.set(keyOf({ node: each.name, output: 0 }), { node: name, output: place });
  }
  return replaced(nodes, roots, [node], exits);
}

const dtypeOf = (node: SourceNode): SourceDType => {
  const type = node.attrs['T'];
  return type?.kind === 'dtype' ? type.value : 'other';
};

/** The graph with `added` nodes, and references led on. */
export function replaced(
  nodes: ReadonlyMap<string, SourceNode>,
  roots: readonly SourceRef[],
  added: readonly SourceNode[],
  led: ReadonlyMap<string, SourceRef>,
): { nodes: ReadonlyMap<string, SourceNode>; roots: readonly SourceRef[] } {
  const moved = (ref: SourceRef): SourceRef => led.get(keyOf(ref)) ?? ref;
  const all = [...nodes.values(), ...added];
  return {
    nodes: new Map(all.map((node) => [node.name, { ...node, inputs: node.inputs.map(moved) }])),
    roots: roots.map(moved),
  };
}
