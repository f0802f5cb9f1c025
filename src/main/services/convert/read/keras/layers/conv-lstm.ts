import type { LayerContext, LayerDefinition, LayerTable, WeightSpec } from '../layer';
import type { KerasLayer } from '../model';
import { expandDims, reshapeLike, squeeze } from '../nodes/layout';
import { add, biasAdd, mul } from '../nodes/math';
import { attr, type Sym } from '../nodes/writer';
import { activate } from './activation-functions';
import { convolve, convWindow } from './convolution';
import { floatInput } from './core';
import { widened, type Window } from './window';

/** More steps than this would write too many operators. */
const MAX_STEPS = 256;

const weights = (layer: KerasLayer): readonly WeightSpec[] => [
  { name: 'kernel', part: 'cell' },
  { name: 'recurrent_kernel', part: 'cell' },
  ...(layer.config.bool('use_bias', true) ? [{ name: 'bias', part: 'cell' }] : []),
];

/** What the input adds to the gates at every step: one convolution, with time counted as batch. */
function inputGates(c: LayerContext, x: Sym, kernel: Sym, window: Window): readonly Sym[] {
  const { w } = c;
  const [batch = -1, time = -1, ...image] = x.shape;
  const flat = reshapeLike(w, x, [batch < 0 ? -1 : batch * time, ...image], x);
  const product = convolve(c, 'Conv2D', flat, kernel, window, kernel.shape.at(-1) ?? -1);
  const gates = c.hasWeight('bias') ? biasAdd(w, product, c.weight('bias')) : product;
  const rest = gates.shape.slice(1);
  const steps = reshapeLike(w, gates, [{ axis: 0 }, time, ...rest], x);
  const type = { dtype: x.dtype, shape: [batch, ...rest] } as const;
  const types = Array.from({ length: time }, () => type);
  return w.addMany('Unpack', [steps], types, { num: attr.int(time), axis: attr.int(1) });
}

/** A recurrent layer whose products are convolutions, over images or (`rank` 1) over lines, which are images of height 1. */
function convLstm(c: LayerContext, rank: 1 | 2): readonly Sym[] {
  if (rank === 2) return writeSteps(c, floatInput(c), convWindow(c, 2), (name) => c.weight(name));
  const outputs = writeSteps(c, expandDims(c.w, floatInput(c), 2), widened(convWindow(c, 1)), (name) =>
    c.weight(name, [1, ...c.weight(name).shape]),
  );
  return outputs.map((output) => squeeze(c.w, output, [-3]));
}

/** The layer written out step by step. States start at zero. */
function writeSteps(
  c: LayerContext,
  x: Sym,
  window: Window,
  kernelOf: (name: string) => Sym,
): readonly Sym[] {
  const { w, config } = c;
  const [, time = -1, ...image] = x.shape;
  if (x.shape.length !== 5 || image.some((size) => size < 0) || time < 1 || time > MAX_STEPS)
    return c.refuse(`it needs a fixed image size and 1 to ${MAX_STEPS} time steps`);
  if (config.channelsFirst || config.bool('stateful', false) || c.inputs.length > 1 || c.input().mask)
    return c.refuse('channels first, stateful layers, initial states and masks are not supported');
  const filters = config.int('filters');
  const inner: Window = { size: window.size, strides: [1, 1], dilations: [1, 1], same: true };
  const recurrent = kernelOf('recurrent_kernel');
  const steps = inputGates(c, x, kernelOf('kernel'), window);
  const outputs: Sym[] = [];
  let state: { h: Sym; c: Sym } | undefined;
  for (const input of config.bool('go_backwards', false) ? [...steps].reverse() : steps) {
    const gates = state
      ? add(w, input, convolve(c, 'Conv2D', state.h, recurrent, inner, 4 * filters))
      : input;
    const part = { dtype: x.dtype, shape: [...gates.shape.slice(0, -1), filters] } as const;
    const split = w.addMany('Split', [w.int(3), gates], [part, part, part, part], {
      num_split: attr.int(4),
      T: attr.dtype(x.dtype),
    });
    const [i, f, g, o] = split as [Sym, Sym, Sym, Sym];
    const gate = (value: Sym): Sym =>
      activate(c, value, config.get('recurrent_activation') ?? 'hard_sigmoid');
    const curve = (value: Sym): Sym => activate(c, value, config.get('activation') ?? 'tanh');
    const fresh = mul(w, gate(i), curve(g));
    const cell: Sym = state ? add(w, mul(w, gate(f), state.c), fresh) : fresh;
    state = { h: mul(w, gate(o), curve(cell)), c: cell };
    outputs.push(state.h);
  }
  const last = state ?? c.refuse('it has no time steps');
  const shape = [last.h.shape[0] ?? -1, time, ...last.h.shape.slice(1)];
  const result = config.bool('return_sequences', false)
    ? w.add('Pack', outputs, { dtype: x.dtype, shape }, { axis: attr.int(1), N: attr.int(time) })
    : last.h;
  return config.bool('return_state', false) ? [result, last.h, last.c] : [result];
}

const layer = (rank: 1 | 2): LayerDefinition => ({
  weights,
  write: (c) => convLstm(c, rank),
  usesMask: true,
});

export const convLstmLayers: LayerTable = { ConvLSTM1D: layer(1), ConvLSTM2D: layer(2) };
