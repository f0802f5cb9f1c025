import { AppError } from '@shared/error/app-error';
import type { SourceAttr, SourceFunction, SourceNode, SourceRef } from '../source';
import { calledFunctions } from '../read/tensorflow/library';
import { isAssignment, rewriteAssignment } from './assignments';
import { flattenBodies } from './bodies';
import { asOneOperator } from './composites';
import { checkCall, type Flattening } from './flattening';
import { runningNodes, VARIABLE_OPS, type Scope } from './scope';
import { READ_OPS, rewriteVariableNode } from './variables';

const CALL_OPS = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
/** Operators that pass their operands on, one output each. */
const PASSES_ON = new Set(['Identity', 'IdentityN', 'StopGradient', 'PreventGradient', 'Snapshot']);

/** Operators on the cycles of TF 1's loops; they get their names before their operands are known. */
const IN_CYCLES = new Set(['NextIteration', 'RefNextIteration', 'Merge', 'RefMerge', 'Switch', 'RefSwitch']);

/** What a node of the source became: its outputs one by one, or (the usual case) one node with the same outputs. */
type Outputs = readonly SourceRef[] | string;

/**
 * Copies what `roots` need of `nodes` into `scope`, calls written out and variables frozen; returns what the roots became.
 * `args` are the values of the function's arguments, as references of the scope.
 */
export function flattenInto(
  run: Flattening,
  scope: Scope,
  nodes: ReadonlyMap<string, SourceNode>,
  args: ReadonlyMap<string, SourceRef>,
  roots: readonly SourceRef[],
  callers: readonly string[],
): readonly SourceRef[] {
  const done = new Map<string, Outputs>();
  for (const [name, ref] of args) done.set(name, [ref]);
  const through = seeThrough(nodes, args);
  const resolve = (given: SourceRef): SourceRef => {
    const ref = through(given);
    const outputs = done.get(ref.node);
    if (typeof outputs === 'string') return { node: outputs, output: ref.output };
    // A reference to nothing is left as it is: lowering names it.
    return outputs?.[ref.output] ?? ref;
  };
  const stack: string[] = [];
  const open = new Set<string>();
  const visit = (name: string): void => void (done.has(name) || open.has(name) || stack.push(name));
  const walk = (): void => {
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      const node = nodes.get(name);
      if (!node || (done.has(name) && !open.has(name))) stack.pop();
      else if (!open.has(name)) {
        open.add(name);
        if (IN_CYCLES.has(node.op)) done.set(name, scope.reserve(name));
        for (let i = node.inputs.length - 1; i >= 0; i--) visit(through(node.inputs[i] as SourceRef).node);
        if (run.assigns) for (const before of node.waitsFor ?? []) visit(before);
      } else {
        stack.pop();
        open.delete(name);
        done.set(name, flattenNode(run, scope, node, resolve, done.get(name), callers));
      }
    }
  };
  const handle = (ref: SourceRef): string | undefined => {
    const seen = through(ref);
    const holder = nodes.get(seen.node)?.op === 'VarHandleOp' ? seen.node : undefined;
    return args.has(seen.node) ? scope.variableAt(resolve(seen)) : holder;
  };
  const effects = run.assigns ? effectsOf(run, nodes, callers.length > 0 ? undefined : roots, handle) : [];
  for (const name of [...effects, ...roots.map((root) => through(root).node)]) {
    visit(name);
    walk();
  }
  return roots.map(resolve);
}

/** What a reference comes down to when operators that only pass values on are left out; also within loops. */
function seeThrough(
  nodes: ReadonlyMap<string, SourceNode>,
  args: ReadonlyMap<string, SourceRef>,
): (ref: SourceRef) => SourceRef {
  const known = new Map<string, SourceRef>();
  return (ref) => {
    const passed: string[] = [];
    let now = ref;
    for (;;) {
      const node = args.has(now.node) ? undefined : nodes.get(now.node);
      const next = node && PASSES_ON.has(node.op) ? node.inputs[now.output] : undefined;
      const key = `${now.output}:${now.node}`;
      // More steps than there are nodes go in a circle, which stays for lowering to refuse.
      if (!next || passed.length > nodes.size) break;
      passed.push(key);
      now = known.get(key) ?? next;
    }
    for (const key of passed) known.set(key, now);
    return now;
  };
}

function flattenNode(
  run: Flattening,
  scope: Scope,
  node: SourceNode,
  resolve: (ref: SourceRef) => SourceRef,
  reserved: Outputs | undefined,
  callers: readonly string[],
): Outputs {
  run.count();
  const inputs = node.inputs.map(resolve);
  const callee = calleeOf(run, node);
  if (callee) return inlineCall(run, scope, node, callee, inputs, callers);
  if (VARIABLE_OPS.has(node.op)) return addVariable(run, scope, node);
  const assigned = rewriteAssignment(run, scope, node, inputs);
  if (assigned) return assigned;
  const rewritten = rewriteVariableNode(run, scope, node, inputs);
  if (rewritten) return rewritten;
  const taken = takenBranch(run, scope, node, inputs[0]);
  if (taken) return inlineCall(run, scope, node, taken, inputs.slice(1), callers);
  const bodies = flattenBodies(run, scope, node, inputs, callers, flattenInto);
  if (bodies) return bodies;
  const name = typeof reserved === 'string' ? reserved : scope.reserve(node.name);
  scope.add({ name, op: node.op, inputs, attrs: node.attrs });
  return name;
}

/** TF 1's reference variables are read by using them; resource variables through ReadVariableOp. */
function addVariable(run: Flattening, scope: Scope, node: SourceNode): Outputs {
  const tensor = run.source.variables.get(node.name);
  if (node.op === 'VarHandleOp' || !tensor) {
    const name = scope.reserve(node.name);
    scope.addVariable({ name, op: node.op, inputs: [], attrs: node.attrs }, node.name);
    return name;
  }
  run.frozen(node.name);
  return [scope.constantOf(node.name, tensor)];
}

function calleeOf(run: Flattening, node: SourceNode): SourceFunction | undefined {
  const attr: SourceAttr | undefined = CALL_OPS.has(node.op) ? node.attrs['f'] : undefined;
  return run.source.functions.get(attr?.kind === 'function' ? attr.value : node.op);
}

/** The branch of an If node whose condition is a constant: what the other one changes is never changed. */
function takenBranch(
  run: Flattening,
  scope: Scope,
  node: SourceNode,
  condition: SourceRef | undefined,
): SourceFunction | undefined {
  const value = node.op.endsWith('If') ? scope.nodes.get(condition?.node ?? '')?.attrs['value'] : undefined;
  if (value?.kind !== 'tensor' || value.value.dtype !== 'bool') return undefined;
  const branch = node.attrs[value.value.data.bytes()[0] === 0 ? 'else_branch' : 'then_branch'];
  return branch?.kind === 'function' ? run.source.functions.get(branch.value) : undefined;
}

function inlineCall(
  run: Flattening,
  scope: Scope,
  node: SourceNode,
  callee: SourceFunction,
  inputs: readonly SourceRef[],
  callers: readonly string[],
): Outputs {
  checkCall(node, callee, callers);
  const args = new Map(callee.args.map((arg, i): [string, SourceRef] => [arg.name, inputs[i] as SourceRef]));
  if (callee.args.length !== inputs.length)
    throw new AppError(
      'model.unreadable',
      `'${node.name}' calls the function '${callee.name}' with ${inputs.length} arguments; it takes ${callee.args.length}.`,
    );
  return (
    asOneOperator(scope, node, callee, inputs) ??
    flattenInto(run, scope, callee.nodes, args, callee.outputs, [...callers, callee.name])
  );
}

/** TF 1's first kind of variable: what reads it reads it at a time that its graph does not tell. */
const REFERENCES: ReadonlySet<string> = new Set(['VariableV2', 'Variable']);

const changesReference = (node: SourceNode, variable: SourceNode): AppError =>
  new AppError(
    'model.unsupported',
    `The model changes its variable '${variable.name}' when it runs ('${node.name}', ${node.op}), which TensorFlow 1's reference variables do in no certain order. Export it with resource variables (tf.compat.v1.enable_resource_variables).`,
    { details: { operators: [node.op] } },
  );

/**
 * Nodes that change variables, or read those that change, in the order of the graph, which is that of the program: their
 * control edges lead back only. Of the main graph only those that the roots need run; a function runs as a whole.
 */
function effectsOf(
  run: Flattening,
  nodes: ReadonlyMap<string, SourceNode>,
  roots: readonly SourceRef[] | undefined,
  handleOf: (ref: SourceRef) => string | undefined,
): readonly string[] {
  const running = roots ? runningNodes(nodes, roots) : nodes;
  const isEffect = (node: SourceNode): boolean => {
    const [first] = node.inputs;
    if (isAssignment(node.op)) {
      const holder = first && nodes.get(first.node);
      if (holder && REFERENCES.has(holder.op)) throw changesReference(node, holder);
      return true;
    }
    if (READ_OPS.has(node.op)) return first !== undefined && run.mutable.has(handleOf(first) ?? '');
    const calls = calledFunctions(node).some((name) => run.source.functions.has(name));
    return calls && node.inputs.some((ref) => handleOf(ref) !== undefined);
  };
  return Array.from(running.values())
    .filter(isEffect)
    .map(({ name }) => name);
}
