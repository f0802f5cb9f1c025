import { isJsonArray } from '../../json';
import type { LayerContext, LayerTable } from '../layer';
import { expandDims, reshape } from '../nodes/layout';
import { cast } from '../nodes/math';
import { attr, type Sym } from '../nodes/writer';
import { floatInput } from './core';

/** Numbers of categories as vectors of `tokens` elements: one for each number, or one for all in the last dimension. */
function encoded(c: LayerContext, numbers: Sym, tokens: number, mode: string): Sym {
  const { w } = c;
  const whole = cast(w, numbers, 'int32');
  const last = whole.shape.at(-1);
  if (mode === 'one_hot') {
    const flat = last === 1 ? reshape(w, whole, whole.shape.slice(0, -1)) : whole;
    return oneHot(c, flat, tokens);
  }
  if (mode !== 'multi_hot' && mode !== 'count') return c.refuse(`the output mode '${mode}' is not supported`);
  const hot = oneHot(c, whole.shape.length === 1 ? expandDims(w, whole, 1) : whole, tokens);
  const shape = hot.shape.toSpliced(-2, 1);
  return w.add(mode === 'count' ? 'Sum' : 'Max', [hot, w.ints([-2])], { dtype: 'float32', shape });
}

const oneHot = ({ w }: LayerContext, numbers: Sym, tokens: number): Sym =>
  w.add(
    'OneHot',
    [numbers, w.int(tokens), w.float(1), w.float(0)],
    { dtype: 'float32', shape: [...numbers.shape, tokens] },
    { axis: attr.int(-1) },
  );

function categoryEncoding(c: LayerContext): Sym {
  if (c.inputs.length > 1 || c.keyword('count_weights'))
    return c.refuse('weights of counts are not supported');
  return encoded(c, c.input(), c.config.int('num_tokens'), c.config.string('output_mode', 'multi_hot'));
}

/** The number of boundaries that are not above each element. */
function discretization(c: LayerContext): Sym {
  const json = c.config.get('bin_boundaries');
  const bounds = isJsonArray(json) ? json.filter((bound) => typeof bound === 'number') : [];
  if (!isJsonArray(json) || bounds.length !== json.length || bounds.length === 0)
    return c.refuse('its boundaries are not in its settings; create it with bin_boundaries');
  const x = floatInput(c);
  const boundaries = { kind: 'list' as const, value: bounds.map((bound) => attr.float(bound)) };
  const bins = c.w.add('Bucketize', [x], { dtype: 'int32', shape: x.shape }, { boundaries });
  const mode = c.config.string('output_mode', 'int');
  if (mode !== 'int') return encoded(c, bins, bounds.length + 1, mode);
  return c.kerasMajor < 3 ? cast(c.w, bins, 'int64') : bins;
}

export const categoryLayers: LayerTable = {
  CategoryEncoding: { write: categoryEncoding },
  Discretization: { write: discretization },
};
