import type { SourceAttr, SourceFunction, SourceNode, SourceRef } from '../source';
import { checkCall, type Flattening } from './flattening';
import { attrsOf, Scope } from './scope';

/** Operators with functions as bodies: names of the attributes, and how many operands precede the bodies' arguments. */
const BODY_OPS: Readonly<Record<string, { readonly attrs: readonly string[]; readonly own: number }>> = {
  While: { attrs: ['cond', 'body'], own: 0 },
  StatelessWhile: { attrs: ['cond', 'body'], own: 0 },
  If: { attrs: ['then_branch', 'else_branch'], own: 1 },
  StatelessIf: { attrs: ['then_branch', 'else_branch'], own: 1 },
  Case: { attrs: ['branches'], own: 1 },
  StatelessCase: { attrs: ['branches'], own: 1 },
};

/** Attribute of a loop: the operands that its body does not change, by index. */
export const INVARIANT = '_invariant';

/** `flattenInto` of flatten.ts, handed in because the two need each other. */
type FlattenInto = (
  run: Flattening,
  scope: Scope,
  nodes: ReadonlyMap<string, SourceNode>,
  args: ReadonlyMap<string, SourceRef>,
  roots: readonly SourceRef[],
  callers: readonly string[],
) => readonly SourceRef[];

/**
 * Writes out the bodies of a While, If or Case node. Variables among its operands become constants in the bodies, and are no
 * operands any more; those that the model changes are handed in and out as values. Undefined for all other nodes.
 */
export function flattenBodies(
  run: Flattening,
  scope: Scope,
  node: SourceNode,
  inputs: readonly SourceRef[],
  callers: readonly string[],
  flattenInto: FlattenInto,
): readonly SourceRef[] | undefined {
  const kind = Object.hasOwn(BODY_OPS, node.op) ? BODY_OPS[node.op] : undefined;
  if (!kind) return undefined;
  const operands = inputs.slice(kind.own);
  const variables = operands.map((ref) => scope.variableAt(ref));
  const changing = variables.map((variable, i) =>
    variable !== undefined && run.mutable.has(variable) && variables.indexOf(variable) === i
      ? variable
      : undefined,
  );
  const kept = operands
    .map((_, i) => i)
    .filter((i) => variables[i] === undefined || changing[i] !== undefined);
  const loops = node.op.endsWith('While');
  const flattened = (name: string, results: Results): string => {
    const original = run.source.functions.get(name);
    if (!original) return name;
    checkCall(node, original, callers);
    return flattenBody(run, original, { variables, changing }, results, callers, flattenInto);
  };
  const attrs = attrsOf(node.attrs);
  for (const key of kind.attrs) {
    const attr = node.attrs[key];
    // The body of a loop gives back what it was given; its condition gives one truth value.
    const keep = loops ? (key === 'body' ? kept : 'own') : 'own and state';
    if (attr?.kind === 'function') attrs[key] = { kind: 'function', value: flattened(attr.value, keep) };
    else if (attr?.kind === 'list')
      attrs[key] = {
        kind: 'list',
        value: attr.value.map((each): SourceAttr =>
          each.kind === 'function' ? { kind: 'function', value: flattened(each.value, keep) } : each,
        ),
      };
  }
  if (loops) attrs[INVARIANT] = invariantsOf(run, attrs['body']);
  const name = scope.reserve(node.name);
  const own = inputs.slice(0, kind.own);
  const given = kept.map((i) => scope.state.get(changing[i] ?? '') ?? (operands[i] as SourceRef));
  scope.add({ name, op: node.op, inputs: [...own, ...given], attrs });
  if (!loops) {
    const outputs = outputCount(node).map((output) => ({ node: name, output }));
    changing
      .filter((variable) => variable !== undefined)
      .forEach((variable, i) => scope.state.set(variable, { node: name, output: outputs.length + i }));
    return outputs;
  }
  return operands.map((operand, i) => {
    const place = { node: name, output: kept.indexOf(i) };
    const variable = changing[i];
    if (variable !== undefined) scope.state.set(variable, place);
    return place.output < 0 || variable !== undefined ? operand : place;
  });
}

/** Indices of the arguments that a loop's body gives back as they are. */
function invariantsOf(run: Flattening, body: SourceAttr | undefined): SourceAttr {
  const fn = body?.kind === 'function' ? run.functions.get(body.value) : undefined;
  const same = fn?.args.map((arg, i) => (fn.outputs[i]?.node === arg.name ? i : -1)) ?? [];
  return {
    kind: 'list',
    value: same.filter((i) => i >= 0).map((value): SourceAttr => ({ kind: 'int', value })),
  };
}

const outputCount = (node: SourceNode): readonly number[] => {
  const types = node.attrs['Tout'];
  return types?.kind === 'list' ? types.value.map((_, i) => i) : [0];
};

/** The operands of a node that are variables, by place; `changing` those that are handed on as values. */
interface Handles {
  readonly variables: readonly (string | undefined)[];
  readonly changing: readonly (string | undefined)[];
}

/** What a body gives back: some of its outputs (of variables, their values), all, or all and what its variables then hold. */
type Results = readonly number[] | 'own' | 'own and state';

/** A body with its calls written out and its variables frozen, as a function of its own; returns that function's name. */
function flattenBody(
  run: Flattening,
  original: SourceFunction,
  { variables, changing }: Handles,
  results: Results,
  callers: readonly string[],
  flattenInto: FlattenInto,
): string {
  const name = uniqueName(run, original.name);
  const scope = new Scope();
  const args: { name: string; dtype: SourceFunction['args'][number]['dtype'] }[] = [];
  const bound = new Map<string, SourceRef>();
  original.args.forEach((arg, i) => {
    const variable = variables[i];
    const own = scope.reserve(arg.name);
    const node: SourceNode = { name: own, op: '_Arg', inputs: [], attrs: attrsOf({}) };
    if (variable === undefined) {
      args.push({ name: own, dtype: arg.dtype });
      bound.set(arg.name, scope.add(node));
    } else bound.set(arg.name, scope.addVariable({ ...node, op: 'VarHandleOp' }, variable));
    const tensor = changing[i] === undefined ? undefined : run.source.variables.get(changing[i]);
    if (variable === undefined || !tensor) return;
    const value = scope.reserve(`${arg.name}/value`);
    args.push({ name: value, dtype: tensor.dtype });
    scope.state.set(variable, scope.add({ ...node, name: value }));
  });
  const every = original.outputs.map((_, i) => i);
  const kept = typeof results === 'string' ? every : results;
  const wanted = kept.map((i) => original.outputs[i] as SourceRef);
  // Held back, so that a function met again within itself gets another name (and is then refused).
  run.functions.set(name, original);
  const own = flattenInto(run, scope, original.nodes, bound, wanted, [...callers, original.name]);
  const stateOf = (variable: string | undefined): SourceRef | undefined => scope.state.get(variable ?? '');
  const outputs =
    typeof results === 'string'
      ? [...own, ...(results === 'own' ? [] : changing.map(stateOf))].filter((ref) => ref !== undefined)
      : kept.map((i, place) => stateOf(changing[i]) ?? (own[place] as SourceRef));
  run.functions.set(name, scope.toFunction(name, args, outputs));
  return name;
}

function uniqueName(run: Flattening, wanted: string): string {
  let name = wanted;
  for (let i = 1; run.functions.has(name); i++) name = `${wanted}_${i}`;
  return name;
}
