import { constantValue } from '../../graph/constant';
import type { Value } from '../../graph/ir';
import { SLOTS } from '../../schema';
import type { Table } from './flat-reader';

const RESHAPE = 22;
/** Union number of ReshapeOptions, and its slot for the new shape. */
const RESHAPE_OPTIONS = 17;
const NEW_SHAPE = 0;

/**
 * Operands of an operator as they are written today. Files of older converters have the shape of RESHAPE among its options,
 * alone or beside the operand; kernels look at the operand first.
 */
export function modernOperands(
  code: number,
  operator: Table,
  operands: readonly (Value | null)[],
): readonly (Value | null)[] {
  if (code !== RESHAPE || operands.length > 1) return operands;
  const shape = newShape(operator);
  if (!shape) return operands;
  const data = Int32Array.from(shape);
  return [...operands, constantValue('shape', { dtype: 'int32', shape: [data.length], data })];
}

/** True when all that the options of such an operator say is in its operands. */
export const optionsAreRedundant = (code: number, operator: Table): boolean =>
  code === RESHAPE && operator.uint8(SLOTS.operator.optionsType) === RESHAPE_OPTIONS;

function newShape(operator: Table): number[] | undefined {
  if (!optionsAreRedundant(RESHAPE, operator)) return undefined;
  return operator.table(SLOTS.operator.options)?.numbers(NEW_SHAPE, 'int32');
}
