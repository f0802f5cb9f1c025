import type { Lowering, Lowerings } from './op';

/** What the negation of a comparison is; for NaN as TensorFlow's own graph optimizer has it. */
const OPPOSITE: Readonly<Record<string, string>> = {
  EQUAL: 'NOT_EQUAL',
  NOT_EQUAL: 'EQUAL',
  LESS: 'GREATER_EQUAL',
  GREATER_EQUAL: 'LESS',
  GREATER: 'LESS_EQUAL',
  LESS_EQUAL: 'GREATER',
};

const not: Lowering = (context) => {
  const input = context.input(0);
  const compared = input.producer;
  const opposite = compared && OPPOSITE[compared.type];
  return opposite ? context.emit1(opposite, {}, compared.inputs) : context.emit1('LOGICAL_NOT', {}, [input]);
};

/** Negation; that of a comparison is the opposite comparison. */
export const lowerings: Lowerings = { LogicalNot: not };
