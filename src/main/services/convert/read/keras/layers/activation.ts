import type { LayerContext, LayerDefinition, LayerTable } from '../layer';
import { add, binary, cast, compare, mul, sub, unary } from '../nodes/math';
import type { Sym } from '../nodes/writer';
import { activate, elu, leakyRelu, softmax } from './activation-functions';

const keeping = (write: (c: LayerContext) => Sym): LayerDefinition => ({ keepsMask: true, write });

/** Settings of this layer have had several names over time. */
const setting = (c: LayerContext, names: readonly string[], fallback: number): number => {
  const name = names.find((each) => c.config.get(each) !== undefined);
  return name === undefined ? fallback : scalar(c, name);
};

/** Old Keras wrote numbers as numpy scalars: {type: 'ndarray', value: 0.3}. */
function scalar(c: LayerContext, name: string): number {
  const value = c.config.get(name);
  if (typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'number')
    return value.value;
  return c.config.number(name);
}

function relu(c: LayerContext): Sym {
  const { w } = c;
  const x = c.input();
  const max = c.config.get('max_value') === undefined ? Infinity : scalar(c, 'max_value');
  const slope = setting(c, ['negative_slope'], 0);
  const threshold = setting(c, ['threshold'], 0);
  if (threshold === 0 && slope !== 0 && max === Infinity) return leakyRelu(w, x, slope);
  if (threshold === 0 && slope === 0 && max === 6) return unary(w, 'Relu6', x);
  const above =
    threshold === 0
      ? unary(w, 'Relu', x)
      : mul(w, x, cast(w, compare(w, 'Greater', x, w.float(threshold)), 'float32'));
  const capped = max === Infinity ? above : binary(w, 'Minimum', above, w.float(max));
  if (slope === 0) return capped;
  const below = unary(w, 'Relu', sub(w, w.float(threshold), x));
  return sub(w, capped, mul(w, below, w.float(slope)));
}

/** Keras's own form, which is recognised as one PRELU. Axes that share a slope have size 1 in `alpha`. */
function prelu(c: LayerContext): Sym {
  const { w } = c;
  const x = c.input();
  const alpha = c.weight('alpha');
  const below = mul(w, unary(w, 'Neg', alpha), unary(w, 'Relu', unary(w, 'Neg', x)));
  return add(w, unary(w, 'Relu', x), below);
}

function softmaxLayer(c: LayerContext): Sym {
  const axis = c.config.get('axis') ?? -1;
  const only =
    typeof axis === 'number' ? axis : Array.isArray(axis) && axis.length === 1 ? Number(axis[0]) : undefined;
  if (only === undefined)
    return c.refuse('softmax over several axes at once is not supported; reshape before it');
  if (c.keyword('mask')) return c.refuse('softmax with a mask is not supported');
  return softmax(c.w, c.input(), only);
}

export const activationLayers: LayerTable = {
  Activation: keeping((c) => activate(c, c.input(), c.config.get('activation'))),
  ReLU: keeping(relu),
  LeakyReLU: keeping((c) => leakyRelu(c.w, c.input(), setting(c, ['negative_slope', 'alpha'], 0.3))),
  ELU: keeping((c) => elu(c.w, c.input(), setting(c, ['alpha'], 1))),
  ThresholdedReLU: keeping((c) =>
    mul(
      c.w,
      c.input(),
      cast(c.w, compare(c.w, 'Greater', c.input(), c.w.float(setting(c, ['theta'], 1))), 'float32'),
    ),
  ),
  PReLU: { ...keeping(prelu), weights: () => [{ name: 'alpha' }] },
  Softmax: keeping(softmaxLayer),
};
