import type { SourceFormat } from '@shared/model/source-format';
import type { SourceGraph, SourcePort } from '../../source';
import { scanModel } from './scan';
import { callLayer, type CallState } from './call-layer';
import type { LayerContext, Value } from './layer';
import type { Arg, KerasLayer, KerasModel, KerasVersion, TensorKey } from './model';
import { NodeWriter, type Sym } from './nodes/writer';
import { inputSpec } from './input-layer';
import { badConfig, type LayerProblem, unsupportedLayers } from './refusal';
import type { LayerWeights } from './weights';

export interface WriteOptions {
  readonly format: SourceFormat;
  readonly version: KerasVersion;
  readonly weights: LayerWeights;
  readonly notes: readonly string[];
  close(): void;
}

/**
 * Writes a Keras model as a source graph: inputs are named after the input layers, outputs `output_0`, `output_1` ... in the
 * model's order, as Keras 3 names them when it exports. All layers that cannot be written are named in one AppError.
 */
export function writeModel(model: KerasModel, options: WriteOptions): SourceGraph {
  const problems: LayerProblem[] = scanModel(model);
  if (problems.length > 0) throw unsupportedLayers(problems);
  const w = new NodeWriter();
  const state: CallState = {
    kerasMajor: options.version.major,
    weights: options.weights,
    problems,
    run: runModel,
  };
  const inputs = model.inputs.map((key) => {
    const spec = inputSpec(layerOf(model, key), problems);
    const sym = w.add('Placeholder', [], spec, {}, key.layer);
    return { name: key.layer, sym };
  });
  const outputs =
    problems.length > 0
      ? undefined
      : runModel(
          model,
          inputs.map(({ sym }) => sym),
          w,
          state,
        );
  if (!outputs || problems.length > 0) throw unsupportedLayers(problems);
  const port = (name: string, { ref, dtype, shape }: Sym): SourcePort => ({ name, dtype, shape, ref });
  const signature = {
    key: 'serving_default',
    inputs: inputs.map(({ name, sym }) => port(name, sym)),
    outputs: outputs.map((sym, i) => port(`output_${i}`, sym)),
  };
  return {
    format: options.format,
    nodes: w.nodes,
    functions: new Map(),
    signatures: [signature],
    defaultSignature: signature.key,
    variables: new Map(),
    notes: options.notes,
    close: options.close,
  };
}

function layerOf(model: KerasModel, key: TensorKey): KerasLayer {
  const found = model.layers.find((layer) => layer.name === key.layer);
  if (!found) throw badConfig(model.name, `it refers to a layer '${key.layer}' that it does not have`);
  return found;
}

/** Results by layer and call; 'refused' where a problem was noted, so that what depends on it stays quiet. */
type Results = Map<string, readonly Sym[] | 'refused'>;

interface Step {
  readonly layer: KerasLayer;
  readonly call: number;
}

/**
 * Writes all calls that the model's outputs need, operands first, without recursion over the depth of the model. Undefined
 * when something was refused (the reasons are in `state.problems`).
 */
export function runModel(
  model: KerasModel,
  inputs: readonly Sym[],
  w: NodeWriter,
  state: CallState,
): readonly Sym[] | undefined {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const offsets = callOffsets(model, byName);
  const results: Results = new Map();
  model.inputs.forEach((key, i) => {
    const sym = inputs[i];
    if (sym) results.set(`${key.layer}#0`, [sym]);
  });
  const stepOf = (key: TensorKey): Step => {
    const layer = byName.get(key.layer);
    if (!layer) throw badConfig(model.name, `it refers to a layer '${key.layer}' that it does not have`);
    const call = key.call - (offsets.get(key.layer) ?? 0);
    if (!layer.calls[call] && !results.has(`${layer.name}#0`))
      throw badConfig(layer.path, `it is asked for call ${call} of ${layer.calls.length}`);
    return { layer, call: layer.calls[call] ? call : 0 };
  };
  const idOf = (step: Step): string => `${step.layer.name}#${step.call}`;
  const open = new Set<string>();
  const stack = model.outputs.map(stepOf).reverse();
  for (let step = stack.at(-1); step; step = stack.at(-1)) {
    const id = idOf(step);
    if (results.has(id)) {
      stack.pop();
      continue;
    }
    const call = step.layer.calls[step.call];
    if (!call) throw badConfig(step.layer.path, 'it is an input that the model is not given');
    const waiting = keysIn([...call.args, ...call.kwargs.values()])
      .map(stepOf)
      .filter((needed) => !results.has(idOf(needed)));
    if (waiting.length > 0) {
      if (open.has(id)) throw badConfig(step.layer.path, 'it depends on itself');
      open.add(id);
      stack.push(...waiting.reverse());
      continue;
    }
    stack.pop();
    const resolve = (key: TensorKey): Sym | 'refused' => {
      const result = results.get(idOf(stepOf(key)));
      if (!result || result === 'refused') return 'refused';
      const sym = result[key.tensor];
      if (!sym) throw badConfig(key.layer, `it has no output ${key.tensor}`);
      return sym;
    };
    const args = call.args.map((arg) => valueOf(arg, resolve));
    const kwargs = new Map(Array.from(call.kwargs, ([name, arg]) => [name, valueOf(arg, resolve)] as const));
    const broken = args.includes('refused') || [...kwargs.values()].includes('refused');
    const given: Pick<LayerContext, 'args' | 'kwargs'> | undefined = broken
      ? undefined
      : { args: args as Value[], kwargs: kwargs as Map<string, Value> };
    results.set(id, given ? (callLayer(step.layer, given, w, state) ?? 'refused') : 'refused');
  }
  const outputs = model.outputs.map((key) => {
    const result = results.get(idOf(stepOf(key)));
    return result === undefined || result === 'refused' ? undefined : result[key.tensor];
  });
  return outputs.every((sym): sym is Sym => sym !== undefined) ? outputs : undefined;
}

/**
 * Keras 2 counts the calls of a model inside a model from 1, because building it was a call already; Keras 3 from 0. A
 * layer whose calls are never referred to by 0 but up to their number is counted from 1.
 */
function callOffsets(model: KerasModel, byName: ReadonlyMap<string, KerasLayer>): Map<string, number> {
  const used = new Map<string, number[]>();
  const args = model.layers.flatMap((layer) =>
    layer.calls.flatMap((call) => [...call.args, ...call.kwargs.values()]),
  );
  for (const { layer, call } of [...keysIn(args), ...model.outputs])
    used.set(layer, [...(used.get(layer) ?? []), call]);
  const offsets = new Map<string, number>();
  for (const [name, calls] of used) {
    const layer = byName.get(name);
    if (layer?.model && Math.min(...calls) >= 1 && Math.max(...calls) >= layer.calls.length)
      offsets.set(name, Math.max(...calls) - layer.calls.length + 1);
  }
  return offsets;
}

function keysIn(args: readonly Arg[]): TensorKey[] {
  return args.flatMap((arg) => {
    if (arg.kind === 'tensor') return [arg.key];
    if (arg.kind === 'list') return keysIn(arg.items);
    return arg.kind === 'slice' ? keysIn([arg.start, arg.stop, arg.step]) : [];
  });
}

function valueOf(arg: Arg, resolve: (key: TensorKey) => Sym | 'refused'): Value | 'refused' {
  if (arg.kind === 'tensor') {
    const sym = resolve(arg.key);
    return sym === 'refused' ? sym : { kind: 'tensor', sym };
  }
  if (arg.kind === 'list') {
    const items = arg.items.map((item) => valueOf(item, resolve));
    return items.includes('refused') ? 'refused' : { kind: 'list', items: items as Value[] };
  }
  if (arg.kind !== 'slice') return arg;
  const [start, stop, step] = [arg.start, arg.stop, arg.step].map((part) => valueOf(part, resolve)) as [
    Value,
    Value,
    Value,
  ];
  return { kind: 'slice', start, stop, step };
}
