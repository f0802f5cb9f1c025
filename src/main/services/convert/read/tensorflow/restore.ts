import type { SourceFunction, SourceNode, SourceRef, SourceTensor } from '../../source';
import { unpackStrings } from './strings';

const ASSIGN_OPS = new Set(['AssignVariableOp', 'Assign']);
const PASS_THROUGH = new Set(['Identity', 'IdentityN', 'Cast', 'EnsureShape']);
const CALL_OPS = new Set(['StatefulPartitionedCall', 'PartitionedCall']);
const MAX_CALL_DEPTH = 16;

interface Scope {
  readonly nodes: ReadonlyMap<string, SourceNode>;
  /** Names of the variables behind a function's arguments. */
  readonly args: ReadonlyMap<string, string | undefined>;
}

/**
 * Which checkpoint entry fills which variable: what a SavedModel's own restore operation says, in TF 1 (assignments in the
 * main graph) and TF 2 (a function that the restore operation calls). Variable node name to checkpoint key.
 */
export function findCheckpointKeys(
  nodes: ReadonlyMap<string, SourceNode>,
  restoreOp: string,
  functionOf: (name: string) => SourceFunction | undefined,
): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const copies: (readonly [from: string, to: string])[] = [];
  const scan = ({ nodes, args }: Scope, only: readonly SourceNode[] | undefined, depth: number): void => {
    for (const node of only ?? nodes.values()) {
      if (ASSIGN_OPS.has(node.op)) {
        const [target, value] = node.inputs;
        const variable = target && variableName(target, nodes, args);
        const key = value && restoredKey(value, nodes);
        const copied = value && variableReadBy(value, nodes, args);
        if (variable === undefined) continue;
        if (key !== undefined) keys.set(variable, key);
        else if (copied !== undefined) copies.push([copied, variable]);
      } else if (CALL_OPS.has(node.op) && depth < MAX_CALL_DEPTH) {
        const name = node.attrs['f'];
        const callee = name?.kind === 'function' ? functionOf(name.value) : undefined;
        if (!callee) continue;
        const passed = callee.args.map((arg, i): [string, string | undefined] => {
          const ref = node.inputs[i];
          return [arg.name, ref && variableName(ref, nodes, args)];
        });
        scan({ nodes: callee.nodes, args: new Map(passed) }, undefined, depth + 1);
      }
    }
  };
  const main: Scope = { nodes, args: new Map() };
  const assignments = [...nodes.values()].filter((node) => ASSIGN_OPS.has(node.op));
  const restore = nodes.get(restoreOp.split(':')[0] ?? '');
  scan(main, restore ? [...assignments, restore] : assignments, 0);
  // A Keras 3 model inside of a module: what is stored are copies that start as the variables that the model reads.
  for (const [from, to] of copies) {
    const key = keys.get(to);
    if (key !== undefined && !keys.has(from)) keys.set(from, key);
  }
  return keys;
}

/** The variable that a value is read from. */
function variableReadBy(
  value: SourceRef,
  nodes: ReadonlyMap<string, SourceNode>,
  args: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const { node } = trace(value, nodes);
  const handle = node?.op === 'ReadVariableOp' ? node.inputs[0] : undefined;
  return handle && variableName(handle, nodes, args);
}

function variableName(
  ref: SourceRef,
  nodes: ReadonlyMap<string, SourceNode>,
  args: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const node = trace(ref, nodes).node;
  return node?.op === '_Arg' ? args.get(node.name) : node?.name;
}

function restoredKey(value: SourceRef, nodes: ReadonlyMap<string, SourceNode>): string | undefined {
  const { node, output } = trace(value, nodes);
  if (node?.op !== 'RestoreV2') return undefined;
  const names = node.inputs[1] && trace(node.inputs[1], nodes).node;
  const value1 = names?.attrs['value'];
  if (value1?.kind !== 'tensor' || value1.value.dtype !== 'string') return undefined;
  return namesIn(value1.value)[output];
}

/** One list names all variables, and is asked for each of them. */
const unpacked = new WeakMap<SourceTensor, readonly string[]>();

function namesIn(tensor: SourceTensor): readonly string[] {
  let names = unpacked.get(tensor);
  if (!names) unpacked.set(tensor, (names = unpackStrings(tensor)));
  return names;
}

/** What a reference comes from, seen through operators that pass values on. */
function trace(
  ref: SourceRef,
  nodes: ReadonlyMap<string, SourceNode>,
): { readonly node: SourceNode | undefined; readonly output: number } {
  let { node: name, output } = ref;
  for (let steps = 0; steps < nodes.size + 1; steps++) {
    const node = nodes.get(name);
    const next =
      node && PASS_THROUGH.has(node.op) ? node.inputs[node.op === 'IdentityN' ? output : 0] : undefined;
    if (!next) return { node, output };
    ({ node: name, output } = next);
  }
  return { node: undefined, output };
}
