import type { SourceFunction, SourceNode, SourceRef } from '../source';
import { attrsOf, type Scope } from './scope';

type Composite = (
  scope: Scope,
  node: SourceNode,
  callee: SourceFunction,
  inputs: readonly SourceRef[],
) => readonly SourceRef[] | undefined;

/**
 * tf.image.non_max_suppression_padded is written out as loops in the graph; the function says what it is
 * (tensorflow/python/ops/image_ops_impl.py). One picture's boxes (rank 2) are what NonMaxSuppressionV4 does, but for a first
 * dimension of 1 that the function puts before the indices.
 */
const paddedSuppression: Composite = (scope, node, callee, inputs) => {
  const operands = inputs.slice(0, 5);
  if (operands.length < 5 || callee.interface?.inputShapes[0]?.length !== 2 || callee.outputs.length !== 2)
    return undefined;
  const attrs = attrsOf({ pad_to_max_output_size: { kind: 'bool', value: true } });
  const boxes = scope.add({
    name: scope.reserve(node.name),
    op: 'NonMaxSuppressionV4',
    inputs: operands,
    attrs,
  });
  const axis = scope.addScalar(node.name, 0);
  const name = scope.reserve(`${node.name}/batch`);
  const indices = scope.add({ name, op: 'ExpandDims', inputs: [boxes, axis], attrs: attrsOf({}) });
  return [indices, { ...boxes, output: 1 }];
};

const COMPOSITES: ReadonlyMap<string, Composite> = new Map([
  ['non_max_suppression_padded_v2', paddedSuppression],
]);

/** Writes a call of a function that one operator does as that operator; undefined for all other functions. */
export const asOneOperator: Composite = (scope, node, callee, inputs) =>
  COMPOSITES.get(callee.interface?.name ?? '')?.(scope, node, callee, inputs);
