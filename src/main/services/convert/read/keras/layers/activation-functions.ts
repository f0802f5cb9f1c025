import { fieldOf, isJsonObject, type Json } from '../../json';
import type { LayerContext } from '../layer';
import { add, binary, cast, compare, mul, reduce, sub, unary } from '../nodes/math';
import { transpose } from '../nodes/layout';
import { axisOf } from '../nodes/shapes';
import { attr, type NodeWriter, type Sym } from '../nodes/writer';

type Activation = (w: NodeWriter, x: Sym, kerasMajor: number) => Sym;

/** tf.nn.gelu, written as TensorFlow writes it, so that it is recognised as one operator. */
export function gelu(w: NodeWriter, x: Sym, approximate: boolean): Sym {
  const half = mul(w, w.float(0.5), x);
  if (!approximate) {
    const erf = unary(w, 'Erf', binary(w, 'RealDiv', x, w.float(Math.SQRT2)));
    return mul(w, half, add(w, w.float(1), erf));
  }
  const cube = mul(w, w.float(0.044715), binary(w, 'Pow', x, w.float(3)));
  const tanh = unary(w, 'Tanh', mul(w, w.float(0.7978845608028654), add(w, x, cube)));
  return mul(w, half, add(w, w.float(1), tanh));
}

const clip = (w: NodeWriter, x: Sym, low: number, high: number): Sym =>
  binary(w, 'Maximum', binary(w, 'Minimum', x, w.float(high)), w.float(low));

/** Keras 3: relu6(x + 3) / 6; Keras 2: clip(0.2 x + 0.5, 0, 1). */
const hardSigmoid: Activation = (w, x, major) =>
  major >= 3
    ? mul(w, unary(w, 'Relu6', add(w, x, w.float(3))), w.float(1 / 6))
    : clip(w, add(w, mul(w, x, w.float(0.2)), w.float(0.5)), 0, 1);

/** x * relu6(x + 3) / 6 in every version. */
export const hardSwish: Activation = (w, x) => mul(w, x, hardSigmoid(w, x, 3));

const silu: Activation = (w, x) => mul(w, x, unary(w, 'Sigmoid', x));

export const leakyRelu = (w: NodeWriter, x: Sym, alpha: number): Sym =>
  unary(w, 'LeakyRelu', x, { alpha: attr.float(alpha) });

/** ELU with any alpha: alpha * (exp(x) - 1) below zero. */
export function elu(w: NodeWriter, x: Sym, alpha: number): Sym {
  const plain = unary(w, 'Elu', x);
  if (alpha === 1) return plain;
  const scaled = mul(w, plain, w.float(alpha));
  return select(w, compare(w, 'Greater', x, w.float(0)), plain, scaled);
}

export const select = (w: NodeWriter, condition: Sym, yes: Sym, no: Sym): Sym =>
  w.add(
    'SelectV2',
    [condition, yes, no],
    { dtype: yes.dtype, shape: yes.shape.length > 0 ? yes.shape : no.shape },
    {
      T: attr.dtype(yes.dtype),
    },
  );

/** Softmax over any one axis. TensorFlow's operator knows only the last. */
export function softmax(w: NodeWriter, x: Sym, axis: number, op = 'Softmax'): Sym {
  const rank = x.shape.length;
  const at = axisOf(axis, rank);
  if (at === rank - 1) return unary(w, op, x);
  const order = Array.from({ length: rank }, (_, i) => (i === at ? rank - 1 : i === rank - 1 ? at : i));
  return transpose(w, unary(w, op, transpose(w, x, order)), order);
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: (w, x) => unary(w, 'Relu', x),
  relu6: (w, x) => unary(w, 'Relu6', x),
  leaky_relu: (w, x) => leakyRelu(w, x, 0.2),
  elu: (w, x) => elu(w, x, 1),
  selu: (w, x) => unary(w, 'Selu', x),
  celu: (w, x) => elu(w, x, 1),
  gelu: (w, x) => gelu(w, x, false),
  sigmoid: (w, x) => unary(w, 'Sigmoid', x),
  tanh: (w, x) => unary(w, 'Tanh', x),
  softplus: (w, x) => unary(w, 'Softplus', x),
  softsign: (w, x) => unary(w, 'Softsign', x),
  exponential: (w, x) => unary(w, 'Exp', x),
  silu,
  swish: silu,
  mish: (w, x) => mul(w, x, unary(w, 'Tanh', unary(w, 'Softplus', x))),
  hard_sigmoid: hardSigmoid,
  hard_silu: hardSwish,
  hard_swish: hardSwish,
  hard_tanh: (w, x) => clip(w, x, -1, 1),
  log_sigmoid: (w, x) => unary(w, 'Neg', unary(w, 'Softplus', unary(w, 'Neg', x))),
  softmax: (w, x) => softmax(w, x, -1),
  log_softmax: (w, x) => softmax(w, x, -1, 'LogSoftmax'),
  tanh_shrink: (w, x) => sub(w, x, unary(w, 'Tanh', x)),
  soft_shrink: (w, x) =>
    sub(
      w,
      unary(w, 'Relu', sub(w, x, w.float(0.5))),
      unary(w, 'Relu', sub(w, unary(w, 'Neg', x), w.float(0.5))),
    ),
  hard_shrink: (w, x) =>
    mul(w, x, cast(w, compare(w, 'Greater', unary(w, 'Abs', x), w.float(0.5)), 'float32')),
  squareplus: (w, x) =>
    mul(w, add(w, x, unary(w, 'Sqrt', add(w, unary(w, 'Square', x), w.float(4)))), w.float(0.5)),
};

/** Names that `activation` settings may have. */
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS);

/** The name of an `activation` setting: a text, or Keras's way to write a function down; undefined for anything else. */
export function activationName(json: Json | undefined): string | undefined {
  if (json === undefined || json === null) return 'linear';
  if (typeof json === 'string') return json;
  if (!isJsonObject(json)) return undefined;
  const module = fieldOf(json, 'module');
  const isKeras =
    module === undefined || module === null || module === 'builtins' || String(module).startsWith('keras');
  const config = fieldOf(json, 'config');
  if (fieldOf(json, 'class_name') === 'function' && isKeras && typeof config === 'string') return config;
  return undefined;
}

/** Applies the activation that a setting names; anything but Keras's own functions refuses the layer. */
export function activate(c: LayerContext, x: Sym, json: Json | undefined): Sym {
  const name = activationName(json);
  const known = name !== undefined && Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (known) return known(c.w, x, c.kerasMajor);
  const layer = isJsonObject(json) ? activationLayer(c, x, json) : undefined;
  return layer ?? c.refuse(`its activation ${name ? `'${name}' ` : ''}is not one of Keras's own`);
}

/** Keras also takes a layer (LeakyReLU(0.1)) as an activation. */
function activationLayer(c: LayerContext, x: Sym, json: Json): Sym | undefined {
  const config = fieldOf(json, 'config');
  const number = (name: string, other: string, fallback: number): number => {
    const value = fieldOf(config, name) ?? fieldOf(config, other) ?? fallback;
    return typeof value === 'number' ? value : fallback;
  };
  switch (fieldOf(json, 'class_name')) {
    case 'LeakyReLU':
      return leakyRelu(c.w, x, number('negative_slope', 'alpha', 0.3));
    case 'ELU':
      return elu(c.w, x, number('alpha', 'alpha', 1));
    case 'ReLU':
      return fieldOf(config, 'max_value') === 6 ? unary(c.w, 'Relu6', x) : undefined;
    default:
      return undefined;
  }
}

/** x scaled to length 1 along some axes, as tf.math.l2_normalize writes it. */
export function l2Normalize(w: NodeWriter, x: Sym, axes: readonly number[], epsilon = 1e-12): Sym {
  const squares = reduce(w, 'Sum', unary(w, 'Square', x), axes, true);
  return mul(w, x, unary(w, 'Rsqrt', binary(w, 'Maximum', squares, w.float(epsilon))));
}
