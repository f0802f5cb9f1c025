import { constantValue } from '../graph/constant';
import type { Value } from '../graph/ir';
import { emitOp } from '../lower/emit';
import { PLAIN_ADD, PLAIN_MUL } from '../ops/kit/convolution';
import { replaceOp } from './kit/rewrite';
import { peephole } from './pass';

/**
 * The error function by means of GELU: with z = sqrt(2) x, gelu(z) = z / 2 * (1 + erf(x)), hence erf(x) = (2 gelu(z) - z) / z.
 * z is moved off zero by less than anything that counts.
 */
export const writeErf = peephole('write erf', ['ERF'], (op, graph) => {
  const number = (value: number): Value =>
    constantValue(op.name, { dtype: 'float32', shape: [], data: Float32Array.of(value) });
  const emit = (type: string, attrs: object, ...inputs: Value[]): Value => {
    const [value] = emitOp(graph, type, attrs, inputs, op.name);
    if (!value) throw new Error(`${type} has no output`);
    return value;
  };
  const scaled = emit('MUL', PLAIN_MUL, op.input(0), number(Math.SQRT2));
  const z = emit('ADD', PLAIN_ADD, scaled, number(1e-30));
  const twice = emit('MUL', PLAIN_MUL, emit('GELU', { approximate: false }, z), number(2));
  replaceOp(graph, op, 'DIV', { fused_activation_function: 0 }, [emit('SUB', PLAIN_ADD, twice, z), z]);
});
