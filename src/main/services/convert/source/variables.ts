import { AppError } from '@shared/error/app-error';
import { isTensorDType } from '../read/tensorflow/types';
import type { SourceNode, SourceRef, SourceTensor } from '../source';
import type { Flattening } from './flattening';
import { attrsOf, type Scope } from './scope';

/** Operators that read a variable they are given as a handle. */
export const READ_OPS = new Set(['ReadVariableOp', 'ResourceGather', 'ResourceGatherNd', 'VariableShape']);

/** Replaces a node that reads a variable by what that holds: a constant, unless the model changes it. Undefined for all others. */
export function rewriteVariableNode(
  run: Flattening,
  scope: Scope,
  node: SourceNode,
  inputs: readonly SourceRef[],
): readonly SourceRef[] | undefined {
  const [handle, indices] = inputs;
  if (!READ_OPS.has(node.op) || !handle) return undefined;
  const variable = scope.variableAt(handle);
  if (variable === undefined) return undefined;
  const tensor = run.source.variables.get(variable);
  if (!tensor)
    throw new AppError(
      'model.unreadable',
      `variable '${variable}', which '${node.name}' (${node.op}) reads, has no value in the model's checkpoint. Export the model again.`,
    );
  checkDType(node, variable, tensor);
  run.frozen(variable);
  const current = run.mutable.has(variable) ? scope.state.get(variable) : undefined;
  if (node.op === 'VariableShape') {
    const shape = new Uint8Array(Int32Array.from(tensor.shape).buffer);
    const data = { byteLength: shape.byteLength, bytes: () => shape };
    return [scope.addConstant(node.name, { dtype: 'int32', shape: [tensor.shape.length], data })];
  }
  const value = current ?? scope.constantOf(variable, tensor);
  if (node.op === 'ReadVariableOp' || !indices) return [value];
  const name = scope.reserve(node.name);
  if (node.op === 'ResourceGatherNd')
    return [scope.add({ name, op: 'GatherNd', inputs: [value, indices], attrs: node.attrs })];
  const axis = node.attrs['batch_dims'];
  const zero = scope.addScalar(name, axis?.kind === 'int' ? axis.value : 0);
  return [scope.add({ name, op: 'GatherV2', inputs: [value, indices, zero], attrs: attrsOf(node.attrs) })];
}

/** A reader that disagrees with the checkpoint would see other numbers than the original does. */
function checkDType(node: SourceNode, variable: string, tensor: SourceTensor): void {
  const dtype = node.attrs['dtype'];
  if (dtype?.kind !== 'dtype' || !isTensorDType(dtype.value) || dtype.value === tensor.dtype) return;
  throw new AppError(
    'model.unreadable',
    `variable '${variable}' is read as ${dtype.value} but its checkpoint holds ${tensor.dtype}. Export the model again.`,
  );
}
