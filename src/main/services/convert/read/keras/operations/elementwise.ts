import { activate, elu, gelu, l2Normalize, leakyRelu, select, softmax } from '../layers/activation-functions';
import { add, binary, cast, compare, sub, unary } from '../nodes/math';
import { broadcast } from '../nodes/shapes';
import { attr, type Sym } from '../nodes/writer';
import type { Operation, OperationCall } from './operation';

const X = ['x', 'features', 'input', 'inputs', 'logits', 'values', 'x1', 'a'] as const;
const Y = ['y', 'x2', 'b'] as const;

/** Both operands in one type: numbers take that of the tensor, whole numbers give way to floats. */
function pair(o: OperationCall): [Sym, Sym] {
  const x = o.tensor(0, X);
  const y = o.tensor(1, Y);
  const dtype = x.dtype === y.dtype ? x.dtype : 'float32';
  return [cast(o.c.w, x, dtype), cast(o.c.w, y, dtype)];
}

const one =
  (op: string): Operation =>
  (o) =>
    unary(o.c.w, op, o.tensor(0, X));

const two =
  (op: string): Operation =>
  (o) =>
    binary(o.c.w, op, ...pair(o));

const comparison =
  (op: string): Operation =>
  (o) =>
    compare(o.c.w, op, ...pair(o));

const named =
  (name: string): Operation =>
  (o) =>
    activate(o.c, o.tensor(0, X), name);

const divide: Operation = (o) => {
  const [x, y] = pair(o);
  return binary(o.c.w, 'RealDiv', cast(o.c.w, x, 'float32'), cast(o.c.w, y, 'float32'));
};

const clip: Operation = (o) => {
  const x = o.tensor(0, [...X, 't']);
  const low = o.tensor(1, ['x_min', 'clip_value_min'], x.dtype);
  const high = o.tensor(2, ['x_max', 'clip_value_max'], x.dtype);
  return binary(o.c.w, 'Maximum', binary(o.c.w, 'Minimum', x, high), low);
};

const where: Operation = (o) => {
  const condition = o.tensor(0, ['condition', 'x0']);
  const values = [o.find(1, 'x', 'x1'), o.find(2, 'y', 'x2')].map(
    (value) => value ?? o.c.refuse('its two values are missing'),
  );
  const like = values.flatMap((value) => (value.kind === 'tensor' ? [value.sym.dtype] : []))[0] ?? 'float32';
  const [yes, no] = values.map((value) => o.toTensor(value, like)) as [Sym, Sym];
  const chosen = select(o.c.w, condition, yes, no);
  return { ...chosen, shape: broadcast(condition.shape, broadcast(yes.shape, no.shape)) };
};

const castTo: Operation = (o) => {
  const name = o.text(1, ['dtype'], 'float32').replace(/^<dtype: '(\w+)'>$/, '$1');
  const dtypes = ['float32', 'int32', 'int64', 'bool', 'uint8', 'int8'] as const;
  const wanted = /^(float|bfloat)/.test(name) ? 'float32' : dtypes.find((each) => each === name);
  return cast(o.c.w, o.tensor(0, X), wanted ?? o.c.refuse(`the type '${name}' is not supported`));
};

const normalize: Operation = (o) => {
  if (o.number(-1, ['order'], 2) !== 2) return o.c.refuse('only the norm of order 2 is supported');
  const axes = o.ints(1, 'axis') ?? [-1];
  const given = o.find(2, 'epsilon');
  const epsilon = given === undefined ? 1e-12 : Number(o.plain(given));
  return l2Normalize(o.c.w, o.tensor(0, X), axes, epsilon);
};

const reciprocal: Operation = (o) => binary(o.c.w, 'RealDiv', o.c.w.float(1), o.tensor(0, X));

const like =
  (value: number): Operation =>
  (o) => {
    const x = o.tensor(0, X);
    return add(o.c.w, sub(o.c.w, x, x), x.dtype === 'float32' ? o.c.w.float(value) : o.c.w.int(value));
  };

const sumOfList: Operation = (o) => o.list(0, 'inputs').reduce((sum, x) => add(o.c.w, sum, x));

/** Names in lower case without underscores: 'TrueDivide', 'math.truediv' and '__operators__.add' meet here. */
export const elementwiseOperations: Readonly<Record<string, Operation>> = {
  add: two('AddV2'),
  subtract: two('Sub'),
  multiply: two('Mul'),
  divide,
  truedivide: divide,
  truediv: divide,
  divnonan: two('DivNoNan'),
  floordivide: two('FloorDiv'),
  floordiv: two('FloorDiv'),
  mod: two('FloorMod'),
  floormod: two('FloorMod'),
  power: two('Pow'),
  pow: two('Pow'),
  maximum: two('Maximum'),
  minimum: two('Minimum'),
  squareddifference: two('SquaredDifference'),
  addn: sumOfList,
  negative: one('Neg'),
  absolute: one('Abs'),
  abs: one('Abs'),
  exp: one('Exp'),
  log: one('Log'),
  log1p: (o) => unary(o.c.w, 'Log', add(o.c.w, o.tensor(0, X), o.c.w.float(1))),
  sqrt: one('Sqrt'),
  rsqrt: one('Rsqrt'),
  square: one('Square'),
  sin: one('Sin'),
  cos: one('Cos'),
  floor: one('Floor'),
  ceil: one('Ceil'),
  round: one('Round'),
  sign: one('Sign'),
  reciprocal,
  erf: one('Erf'),
  relu: named('relu'),
  relu6: named('relu6'),
  selu: named('selu'),
  sigmoid: named('sigmoid'),
  tanh: named('tanh'),
  softplus: named('softplus'),
  softsign: named('softsign'),
  silu: named('silu'),
  swish: named('silu'),
  hardsigmoid: (o) => activate(o.c, o.tensor(0, X), 'hard_sigmoid'),
  hardsilu: named('hard_silu'),
  hardswish: named('hard_silu'),
  logsigmoid: named('log_sigmoid'),
  elu: (o) => elu(o.c.w, o.tensor(0, X), o.number(1, ['alpha'], 1)),
  leakyrelu: (o) => leakyRelu(o.c.w, o.tensor(0, X), o.number(1, ['negative_slope', 'alpha'], 0.2)),
  gelu: (o) => gelu(o.c.w, o.tensor(0, X), o.bool(1, ['approximate'], o.c.kerasMajor >= 3)),
  softmax: (o) => softmax(o.c.w, o.tensor(0, X), o.number(1, ['axis'], -1)),
  logsoftmax: (o) => softmax(o.c.w, o.tensor(0, X), o.number(1, ['axis'], -1), 'LogSoftmax'),
  greater: comparison('Greater'),
  greaterequal: comparison('GreaterEqual'),
  less: comparison('Less'),
  lessequal: comparison('LessEqual'),
  equal: comparison('Equal'),
  notequal: comparison('NotEqual'),
  logicaland: comparison('LogicalAnd'),
  logicalor: comparison('LogicalOr'),
  logicalnot: (o) =>
    o.c.w.add('LogicalNot', [o.tensor(0, X)], { dtype: 'bool', shape: o.tensor(0, X).shape }),
  clip,
  clipbyvalue: clip,
  where,
  cast: castTo,
  normalize,
  l2normalize: normalize,
  identity: (o) => o.tensor(0, X),
  stopgradient: (o) => o.tensor(0, X),
  zeroslike: like(0),
  oneslike: like(1),
  onehot: (o) => {
    const x = cast(o.c.w, o.tensor(0, [...X, 'indices']), 'int32');
    const depth = o.number(1, ['num_classes', 'depth']);
    const type = { dtype: 'float32', shape: [...x.shape, depth] } as const;
    return o.c.w.add('OneHot', [x, o.c.w.int(depth), o.c.w.float(1), o.c.w.float(0)], type, {
      T: attr.dtype('float32'),
      TI: attr.dtype('int32'),
      axis: attr.int(-1),
    });
  },
};
