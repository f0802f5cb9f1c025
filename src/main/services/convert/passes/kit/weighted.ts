import { bytesOf, viewAs } from '@shared/model/dtype';
import type { Attrs, Op, Value } from '../../graph/ir';
import { FUSED, type FusedAttrs } from '../../ops/kit/fused';
import { STEP_BYTES } from '../../graph/steps';
import { constantSteps, floatConstant, steppedConstant } from '../../ops/kit/lazy-constant';
import { floatsOf } from './match';

/** Where an operator keeps its weights and bias, and which of the weights' axes count outputs and inputs. */
interface Layout {
  readonly weights: number;
  readonly bias: number;
  readonly outputs: number;
  readonly inputs: number;
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  CONV_2D: { weights: 1, bias: 2, outputs: 0, inputs: 3 },
  DEPTHWISE_CONV_2D: { weights: 1, bias: 2, outputs: 3, inputs: 3 },
  FULLY_CONNECTED: { weights: 1, bias: 2, outputs: 0, inputs: 1 },
  TRANSPOSE_CONV: { weights: 1, bias: 3, outputs: 0, inputs: 3 },
  CONV_3D: { weights: 1, bias: 2, outputs: 4, inputs: 3 },
  CONV_3D_TRANSPOSE: { weights: 1, bias: 3, outputs: 3, inputs: 4 },
};

/** An operator with constant float weights and a constant bias, or none. */
export interface Weighted {
  readonly op: Op;
  readonly layout: Layout;
  readonly weights: Value;
  /** Number of output channels, the size of the last axis of its output. */
  readonly channels: number;
}

/**
 * Sees `op` as such; undefined when it is none, its weights are computed, or it applies an activation already (unless that
 * is `allowed`).
 */
export function weighted(op: Op | undefined, allowed = false): Weighted | undefined {
  const layout = op && LAYOUTS[op.type];
  if (!layout || (!allowed && activationOf(op.attrs) !== FUSED.NONE)) return undefined;
  const weights = op.input(layout.weights);
  const bias = op.inputs[layout.bias];
  if (!weights.constant || weights.dtype !== 'float32' || (bias && !bias.constant)) return undefined;
  const channels = weights.shape[layout.outputs] ?? -1;
  return channels < 1 ? undefined : { op, layout, weights, channels };
}

/** The activation in an operator's attributes; NONE for those that have no such attribute. */
export const activationOf = (attrs: Attrs): number =>
  'fused_activation_function' in attrs ? (attrs as FusedAttrs).fused_activation_function : FUSED.NONE;

/** The bias, zeros when there is none. */
export function biasOf({ op, layout, channels }: Weighted): Float32Array {
  const bias = op.inputs[layout.bias];
  return (bias && floatsOf(bias)) ?? new Float32Array(channels);
}

export function setBias({ op, layout, channels }: Weighted, bias: Float32Array): void {
  const inputs = [...op.inputs];
  while (inputs.length < layout.bias) inputs.push(null);
  inputs[layout.bias] = floatConstant(`${op.name}/bias`, [channels], bias);
  op.setInputs(inputs);
}

function scaleRuns(
  from: Float32Array,
  to: Float32Array,
  start: number,
  end: number,
  inner: number,
  factors: Float32Array,
): void {
  let k = (start / inner) % factors.length;
  for (let at = start; at < end; at += inner, k = k + 1 === factors.length ? 0 : k + 1) {
    const factor = factors[k] as number;
    for (let i = at; i < at + inner; i++) to[i] = (from[i] as number) * factor;
  }
}

/** Multiplies the weights along one of their axes, when they are read. */
export function scaleWeights({ op, layout, weights }: Weighted, axis: number, factors: Float32Array): void {
  const inner = weights.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const scaled = steppedConstant(weights.name, weights, function* () {
    const from = viewAs('float32', yield* constantSteps(weights));
    const to = new Float32Array(from.length);
    const piece = inner * Math.max(1, Math.floor(STEP_BYTES / 4 / inner));
    for (let at = 0; at < to.length; at += piece) {
      if (at > 0) yield;
      scaleRuns(from, to, at, Math.min(at + piece, to.length), inner, factors);
    }
    return bytesOf(to);
  });
  op.setInput(layout.weights, scaled);
}
