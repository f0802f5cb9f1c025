import type { Value } from '../../../graph/ir';
import type { LowerContext } from '../../op';
import { project, stepOf } from './cells';
import type { RnnLayer } from './layer';
import { zeroStates } from './states';

/** Unrolled further, a model only grows. */
const MAX_STEPS = 128;

/** Whether a layer is to be written out step by step: its author said so, or it has a single step. */
export const isUnrollable = (layer: RnnLayer): boolean => {
  const steps = layer.x.shape[layer.timeAxis] ?? -1;
  return layer.mask === undefined && steps > 0 && (steps === 1 || (layer.unroll && steps <= MAX_STEPS));
};

/** The layer as its steps one after the other. Returns the output and the last states. */
export function unrolled(context: LowerContext, layer: RnnLayer): readonly Value[] {
  const { timeAxis } = layer;
  const steps = layer.x.shape[timeAxis] ?? 0;
  const projected = project(context, layer);
  let states = layer.states.length > 0 ? layer.states : zeroStates(context, layer, projected);
  const step = stepOf(layer);
  const outputs = context.emit('UNPACK', { num: steps, axis: timeAxis }, [projected]).map((input) => {
    states = step(context, input, states);
    return states[0] as Value;
  });
  const last = outputs[steps - 1] as Value;
  const result = layer.returnSequences
    ? context.emit1('PACK', { values_count: steps, axis: timeAxis }, outputs)
    : last;
  return layer.returnState ? [result, ...states] : [result];
}
