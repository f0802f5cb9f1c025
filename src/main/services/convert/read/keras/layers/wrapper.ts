import type { LayerContext, LayerTable } from '../layer';
import { reshape, reshapeLike } from '../nodes/layout';
import { product } from '../nodes/shapes';
import type { Sym } from '../nodes/writer';
import { mergeBy } from './merge';

/** Layers that give the same on data of any rank, so that the time axis need not be folded into the batch. */
const ANY_RANK: readonly string[] = [
  'Dense',
  'Activation',
  'Dropout',
  'ReLU',
  'LeakyReLU',
  'ELU',
  'Rescaling',
];

function timeDistributed(c: LayerContext): readonly Sym[] {
  const { w } = c;
  const x = c.input();
  const inner = c.layer.inner.get('layer') ?? c.refuse('the layer that it wraps is missing');
  if (ANY_RANK.includes(inner.className)) return c.call(inner, [x]);
  const [batch = -1, time = -1, ...rest] = x.shape;
  if (inner.className === 'Flatten' && product(rest) >= 0 && !inner.config.channelsFirst)
    return [reshapeLike(w, x, [{ axis: 0 }, { axis: 1 }, product(rest)], x)];
  const isKnown = product(rest) >= 0;
  if (!isKnown)
    return c.refuse('the wrapped layer needs an input whose size is fixed apart from batch and time');
  const flat = reshape(w, x, [product([batch, time]), ...rest]);
  return c
    .call(inner, [flat])
    .map((y) => reshapeLike(w, y, [{ axis: 0 }, { axis: 1 }, ...y.shape.slice(1)], x));
}

function bidirectional(c: LayerContext): readonly Sym[] {
  const { w } = c;
  const forward = c.layer.inner.get('forward_layer') ?? c.refuse('its forward layer is missing');
  const backward = c.layer.inner.get('backward_layer') ?? c.refuse('its backward layer is missing');
  const [x, ...states] = c.inputs as [Sym, ...Sym[]];
  const half = states.length / 2;
  const [ahead, ...aheadStates] = c.call(forward, [x, ...states.slice(0, half)]) as [Sym, ...Sym[]];
  const [behind, ...behindStates] = c.call(backward, [x, ...states.slice(half)]) as [Sym, ...Sym[]];
  // The backward layer gives its sequence in the order of processing: last step first.
  const inOrder =
    behind.shape.length === 3
      ? w.add('ReverseV2', [behind, w.ints([1])], { dtype: behind.dtype, shape: behind.shape })
      : behind;
  const last = [...aheadStates, ...behindStates];
  const mode = c.config.get('merge_mode');
  if (mode === undefined) return [ahead, inOrder, ...last];
  const merged =
    mergeBy(w, String(mode), ahead, inOrder) ?? c.refuse(`merge mode '${String(mode)}' is not supported`);
  return [{ ...merged, mask: ahead.mask }, ...last];
}

export const wrapperLayers: LayerTable = {
  TimeDistributed: { write: timeDistributed, keepsMask: true },
  Bidirectional: { write: bidirectional, usesMask: true },
};
