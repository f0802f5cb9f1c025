import type { Value } from '../../../graph/ir';
import type { LowerContext } from '../../op';
import { floatConstant } from '../lazy-constant';
import { stateCount } from './cells';
import { firstStep } from './last-step';
import type { RnnLayer } from './layer';

/** States of zeros, [batch, units]: constants, or made like a part of the input's projection when the batch is dynamic. */
export function zeroStates(context: LowerContext, layer: RnnLayer, projected: Value): readonly Value[] {
  const batch = layer.x.shape[1 - layer.timeAxis] ?? -1;
  const zero =
    batch < 0
      ? context.emit1('ZEROS_LIKE', {}, [firstStep(context, projected, layer.timeAxis, layer.units)])
      : floatConstant(
          `${context.node.name}/zeros`,
          [batch, layer.units],
          new Float32Array(batch * layer.units),
        );
  return Array.from({ length: stateCount(layer) }, () => zero);
}
