import { axesOf, reducedShape, type ReducerAttrs } from '../ops/kit/reduce';
import { sameShape } from '../ops/kit/shapes';
import { isShaping } from './kit/match';
import { takeOver } from './kit/rewrite';
import { peephole } from './pass';

const REDUCERS = ['MEAN', 'SUM', 'REDUCE_MAX', 'REDUCE_MIN', 'REDUCE_PROD', 'REDUCE_ANY', 'REDUCE_ALL'];

/** A reduction keeps its axes itself where a reshape after it gives them back, as in squeeze-and-excite blocks. */
export const reduceKeepDims = peephole('reduce keep dims', REDUCERS, (op, graph) => {
  const attrs = op.attrs as ReducerAttrs;
  const output = op.output();
  const [after] = output.users;
  if (attrs.keep_dims || !op.input(1).constant) return;
  if (!isShaping(after) || after.input(0) !== output || !graph.isOnlyUser(output, after)) return;
  const kept = reducedShape(op.input(0).shape, axesOf(op), true);
  // With one dynamic dimension the others say what it is; with more the reshape may mean anything.
  if (!sameShape(kept, after.output().shape) || kept.filter((dim) => dim === -1).length > 1) return;
  op.attrs = { ...attrs, keep_dims: true };
  takeOver(graph, after, op);
});
