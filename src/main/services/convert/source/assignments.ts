import { AppError } from '@shared/error/app-error';
import type { SourceNode, SourceRef } from '../source';
import type { Flattening } from './flattening';
import { attrsOf, type Scope } from './scope';

const ASSIGN_OPS = /^(Assign(Add|Sub)?(VariableOp)?|Resource(Scatter|StridedSliceAssign)\w*)$/;

/** True for operators that change a variable: TF 2's, which take a handle, and TF 1's. */
export const isAssignment = (op: string): boolean => ASSIGN_OPS.test(op);

/** Operators on the variable's value that give its new one; rows: their indices count along the first axis only. */
const UPDATES: Readonly<Record<string, { readonly op: string; readonly rows?: true }>> = {
  AssignAddVariableOp: { op: 'AddV2' },
  AssignSubVariableOp: { op: 'Sub' },
  ResourceScatterUpdate: { op: 'TensorScatterUpdate', rows: true },
  ResourceScatterAdd: { op: 'TensorScatterAdd', rows: true },
  ResourceScatterSub: { op: 'TensorScatterSub', rows: true },
  ResourceScatterNdUpdate: { op: 'TensorScatterUpdate' },
  ResourceScatterNdAdd: { op: 'TensorScatterAdd' },
  ResourceScatterNdSub: { op: 'TensorScatterSub' },
};

/**
 * Makes of a node that changes a variable one that computes what the variable holds from then on; such a node has no
 * outputs. Undefined for all other nodes.
 */
export function rewriteAssignment(
  run: Flattening,
  scope: Scope,
  node: SourceNode,
  inputs: readonly SourceRef[],
): readonly SourceRef[] | undefined {
  const [handle, ...operands] = inputs;
  const variable = handle && isAssignment(node.op) ? scope.variableAt(handle) : undefined;
  if (variable === undefined) return undefined;
  run.assigned(variable);
  const before = run.mutable.has(variable) ? scope.state.get(variable) : undefined;
  if (before) scope.state.set(variable, valueAfter(scope, node, before, operands));
  return [];
}

function valueAfter(
  scope: Scope,
  node: SourceNode,
  before: SourceRef,
  operands: readonly SourceRef[],
): SourceRef {
  const [first, ...others] = operands;
  if (node.op === 'AssignVariableOp' && first) return first;
  const update = Object.hasOwn(UPDATES, node.op) ? UPDATES[node.op] : undefined;
  if (!update || !first)
    throw new AppError(
      'model.unsupported',
      `'${node.name}' (${node.op}) changes a part of a variable in a way that has no like in TensorFlow Lite. Assign the whole variable in the model, and export it again.`,
      { details: { operators: [node.op] } },
    );
  const add = (name: string, op: string, inputs: readonly SourceRef[]): SourceRef =>
    scope.add({ name: scope.reserve(name), op, inputs, attrs: attrsOf({}) });
  const indices = update.rows
    ? add(`${node.name}/indices`, 'ExpandDims', [first, scope.addScalar(node.name, -1)])
    : first;
  return add(node.name, update.op, [before, indices, ...others]);
}
