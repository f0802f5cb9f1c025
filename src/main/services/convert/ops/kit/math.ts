import type { Value } from '../../graph/ir';
import type { LowerContext } from '../op';
import { PLAIN_ADD, PLAIN_MUL } from './convolution';

type Operand = Value | number;

/** Arithmetic on values for lowerings; a number becomes a scalar constant of the last operand's type. */
export interface Calculator {
  add(a: Operand, b: Operand): Value;
  sub(a: Operand, b: Operand): Value;
  mul(a: Operand, b: Operand): Value;
  div(a: Operand, b: Operand): Value;
  /** Any element-wise operator without options. */
  apply(type: string, ...operands: readonly Operand[]): Value;
}

export const calculator = (context: LowerContext): Calculator => {
  const values = (operands: readonly Operand[]): Value[] => {
    const dtype = operands.findLast((operand) => typeof operand !== 'number')?.dtype ?? 'float32';
    return operands.map((operand) =>
      typeof operand === 'number' ? context.scalar(dtype, operand) : operand,
    );
  };
  return {
    add: (a, b) => context.emit1('ADD', PLAIN_ADD, values([a, b])),
    sub: (a, b) => context.emit1('SUB', PLAIN_ADD, values([a, b])),
    mul: (a, b) => context.emit1('MUL', PLAIN_MUL, values([a, b])),
    div: (a, b) => context.emit1('DIV', PLAIN_MUL, values([a, b])),
    apply: (type, ...operands) => context.emit1(type, {}, values(operands)),
  };
};
