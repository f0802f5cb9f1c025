import { viewAs } from '@shared/model/dtype';
import type { SourceTensor } from '../../source';
import { tensorsIn, type LayerContext, type Value } from './layer';
import type { KerasLayer, KerasModel } from './model';
import type { NodeWriter, Sym } from './nodes/writer';
import { type LayerProblem, LayerRefusal } from './refusal';
import { definitionOf } from './registry';
import type { LayerWeights } from './weights';

/** What the calls of one conversion share. */
export interface CallState {
  readonly kerasMajor: number;
  readonly weights: LayerWeights;
  readonly problems: LayerProblem[];
  run(model: KerasModel, inputs: readonly Sym[], w: NodeWriter, state: CallState): readonly Sym[] | undefined;
}

type Given = Pick<LayerContext, 'args' | 'kwargs'>;

/** Writes one call of a layer; undefined when it was refused, with the reason added to the problems. */
export function callLayer(
  layer: KerasLayer,
  given: Given,
  w: NodeWriter,
  state: CallState,
): readonly Sym[] | undefined {
  const inputs = tensorsIn(given.args);
  const scope = w.within(layer.path);
  if (layer.model) {
    const all = inputs.length > 0 ? inputs : tensorsIn([...given.kwargs.values()]);
    return state.run(layer.model, all, w, state);
  }
  const refuse = (reason: string): never => {
    throw new LayerRefusal(reason);
  };
  try {
    const definition = definitionOf(layer) ?? refuse('this class of layer is not supported');
    const written = definition.write(contextOf(layer, given, inputs, scope, state));
    const outputs: readonly Sym[] = 'ref' in written ? [written] : written;
    if (definition.usesMask) return outputs;
    const mask = definition.keepsMask ? inputs[0]?.mask : undefined;
    return outputs.map((sym) => ({ ...sym, mask }));
  } catch (error) {
    if (!(error instanceof LayerRefusal)) throw error;
    const { className, path, place } = layer;
    state.problems.push({ className, path, place, reason: error.message });
    return undefined;
  }
}

function contextOf(
  layer: KerasLayer,
  given: Given,
  inputs: readonly Sym[],
  w: NodeWriter,
  state: CallState,
): LayerContext {
  const own = state.weights.get(layer);
  const refuse = (reason: string): never => {
    throw new LayerRefusal(reason);
  };
  const tensor = (name: string) => own?.get(name) ?? refuse(`its variable '${name}' is missing in the file`);
  return {
    ...given,
    layer,
    config: layer.config,
    kerasMajor: state.kerasMajor,
    w,
    inputs,
    input: (index = 0) => inputs[index] ?? refuse(`it is called without input ${index}`),
    keyword: (name) => {
      const value = given.kwargs.get(name);
      return value?.kind === 'tensor' ? value.sym : undefined;
    },
    hasWeight: (name) => own?.has(name) ?? false,
    weight: (name, shape, factor) => {
      const found = factor === undefined ? tensor(name) : scaled(tensor(name), factor);
      return w.constant(
        shape ? { ...found, shape: sameCount(found.shape, shape, name, refuse) } : found,
        name,
      );
    },
    weightValues: (name) => viewAs('float32', tensor(name).data.bytes()),
    call: (inner, operands) => {
      const args: Value[] = operands.map((sym) => ({ kind: 'tensor', sym }));
      return (
        callLayer(inner, { args, kwargs: new Map() }, w, state) ?? refuse(`'${inner.name}' in it is refused`)
      );
    },
    refuse,
  };
}

function sameCount(
  stored: readonly number[],
  wanted: readonly number[],
  name: string,
  refuse: (reason: string) => never,
): readonly number[] {
  const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  if (count(stored) !== count(wanted))
    return refuse(`its variable '${name}' has the shape [${stored.join(', ')}], which does not fit`);
  return wanted;
}

/** The same variable times a number, multiplied when it is read. */
function scaled(tensor: SourceTensor, factor: number): SourceTensor {
  const bytes = (): Uint8Array => {
    const values = Float32Array.from(viewAs('float32', tensor.data.bytes()), (value) => value * factor);
    return new Uint8Array(values.buffer);
  };
  return { ...tensor, data: { byteLength: tensor.data.byteLength, bytes } };
}
