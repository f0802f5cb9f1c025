import type { Value } from '../../../graph/ir';
import type { LowerContext } from '../../op';

const NO_SLICING = {
  begin_mask: 0,
  end_mask: 0,
  ellipsis_mask: 0,
  new_axis_mask: 0,
  shrink_axis_mask: 0,
  offset: false,
};

/** The last step of a sequence, without the time axis: [batch, units]. */
export function lastStep(context: LowerContext, sequence: Value, timeAxis: 0 | 1): Value {
  const others = timeAxis === 0 ? 0b110 : 0b101;
  return context.emit1(
    'STRIDED_SLICE',
    { ...NO_SLICING, begin_mask: others, end_mask: others, shrink_axis_mask: 1 << timeAxis },
    [
      sequence,
      context.ints32(timeAxis === 0 ? [-1, 0, 0] : [0, -1, 0]),
      context.ints32([0, 0, 0]),
      context.ints32([1, 1, 1]),
    ],
  );
}

/** The first `units` channels of the first step: [batch, units] of a projection that has at least as many. */
export function firstStep(context: LowerContext, sequence: Value, timeAxis: 0 | 1, units: number): Value {
  const others = timeAxis === 0 ? 0b110 : 0b101;
  return context.emit1(
    'STRIDED_SLICE',
    { ...NO_SLICING, begin_mask: 0b111, end_mask: others & 0b011, shrink_axis_mask: 1 << timeAxis },
    [
      sequence,
      context.ints32([0, 0, 0]),
      context.ints32(timeAxis === 0 ? [1, 0, units] : [0, 1, units]),
      context.ints32([1, 1, 1]),
    ],
  );
}

/** The first `units` channels of all steps. */
export const firstChannels = (context: LowerContext, sequence: Value, units: number): Value =>
  sequence.shape[2] === units
    ? sequence
    : context.emit1('STRIDED_SLICE', { ...NO_SLICING, begin_mask: 0b111, end_mask: 0b011 }, [
        sequence,
        context.ints32([0, 0, 0]),
        context.ints32([0, 0, units]),
        context.ints32([1, 1, 1]),
      ]);
