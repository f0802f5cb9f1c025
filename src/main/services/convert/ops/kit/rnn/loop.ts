import { Graph, Value } from '../../../graph/ir';
import type { LowerContext } from '../../op';
import { PLAIN_ADD } from '../convolution';
import { project, stepOf } from './cells';
import { firstChannels, firstStep } from './last-step';
import type { RnnLayer } from './layer';
import { zeroStates } from './states';

/** What a loop carries from step to step, by name. */
interface Carried {
  readonly step: Value;
  readonly projected: Value;
  readonly states: readonly Value[];
  /** Number of steps, when only the runtime knows it. */
  readonly steps: Value | undefined;
  readonly mask: Value | undefined;
  /** Outputs written so far, in a tensor of the final size. */
  readonly sequence: Value | undefined;
  /** With a mask and given states: the previous output, which is then not the state h. */
  readonly output: Value | undefined;
}

const listed = (carried: Carried): Value[] =>
  [
    carried.step,
    carried.projected,
    carried.sequence,
    carried.steps,
    carried.mask,
    carried.output,
    ...carried.states,
  ].filter((value) => value !== undefined);

/** The layer as a loop over time: WHILE with a body of one step. Returns the output and the last states. */
export function loop(context: LowerContext, layer: RnnLayer): readonly Value[] {
  const { timeAxis, units } = layer;
  const projected = project(context, layer);
  const length = layer.x.shape[timeAxis] ?? -1;
  const states = layer.states.length > 0 ? layer.states : zeroStates(context, layer, projected);
  const start: Carried = {
    step: context.scalar('int32', 0),
    projected,
    states,
    steps: length < 0 ? timeSteps(context, layer) : undefined,
    mask: layer.mask,
    // Every place is overwritten before it is read, so anything of the right size will do.
    sequence: layer.returnSequences ? firstChannels(context, projected, units) : undefined,
    output:
      layer.mask && layer.states.length > 0
        ? context.emit1('ZEROS_LIKE', {}, [firstStep(context, projected, timeAxis, units)])
        : undefined,
  };
  const outputs = context.emit(
    'WHILE',
    { cond: condition(context, start, length), body: body(context, layer, start) },
    listed(start),
  );
  const end = placed(start, outputs);
  const result = end.sequence ?? end.output ?? (end.states[0] as Value);
  return layer.returnState ? [result, ...end.states] : [result];
}

/** The same record over other values, which come in the order of `listed`. */
function placed(like: Carried, values: readonly Value[]): Carried {
  let next = 0;
  const take = (wanted: Value | undefined): Value | undefined => (wanted ? values[next++] : undefined);
  const [step, projected] = [take(like.step) as Value, take(like.projected) as Value];
  const [sequence, steps, mask, output] = [
    take(like.sequence),
    take(like.steps),
    take(like.mask),
    take(like.output),
  ];
  return { step, projected, sequence, steps, mask, output, states: values.slice(next) };
}

/** A graph whose inputs are like what the loop starts with. */
function graphOver(name: string, start: Carried): { graph: Graph; inputs: Carried } {
  const graph = new Graph(name);
  graph.inputs = listed(start).map((value) => new Value(value.name, value));
  return { graph, inputs: placed(start, graph.inputs) };
}

function condition(context: LowerContext, start: Carried, length: number): Graph {
  const { graph, inputs } = graphOver(`${context.node.name}/condition`, start);
  const inner = context.within(graph);
  graph.outputs = [inner.emit1('LESS', {}, [inputs.step, inputs.steps ?? inner.scalar('int32', length)])];
  return graph;
}

function body(context: LowerContext, layer: RnnLayer, start: Carried): Graph {
  const { graph, inputs } = graphOver(`${context.node.name}/step`, start);
  const inner = context.within(graph);
  const { timeAxis } = layer;
  const at = (value: Value): Value =>
    inner.emit1('GATHER', { axis: timeAxis, batch_dims: 0 }, [value, inputs.step]);
  const computed = stepOf(layer)(inner, at(inputs.projected), inputs.states);
  const masked = inputs.mask && inner.emit1('EXPAND_DIMS', {}, [at(inputs.mask), inner.scalar('int32', 1)]);
  const choose = (fresh: Value, old: Value): Value =>
    masked ? inner.emit1('SELECT_V2', {}, [masked, fresh, old]) : fresh;
  const states = computed.map((state, i) => choose(state, inputs.states[i] as Value));
  const output = inputs.output && choose(computed[0] as Value, inputs.output);
  const written = outputToWrite(inner, layer, masked, computed[0] as Value, output ?? (states[0] as Value));
  graph.outputs = listed({
    step: inner.emit1('ADD', PLAIN_ADD, [inputs.step, inner.scalar('int32', 1)]),
    projected: inputs.projected,
    states,
    steps: inputs.steps,
    mask: inputs.mask,
    sequence: inputs.sequence && write(inner, inputs.sequence, written, inputs.step, timeAxis),
    output,
  });
  return graph;
}

/** With `zero_output_for_mask` a masked step gives zeros, but the state is kept. */
function outputToWrite(
  context: LowerContext,
  layer: RnnLayer,
  masked: Value | undefined,
  computed: Value,
  kept: Value,
): Value {
  return masked && layer.zeroOutputForMask
    ? context.emit1('SELECT_V2', {}, [masked, computed, context.scalar('float32', 0)])
    : kept;
}

function write(context: LowerContext, sequence: Value, output: Value, step: Value, timeAxis: 0 | 1): Value {
  const zero = context.scalar('int32', 0);
  const start = timeAxis === 0 ? [step, zero, zero] : [zero, step, zero];
  const place = context.emit1('PACK', { values_count: 3, axis: 0 }, start);
  const shape = timeAxis === 0 ? [1, -1, sequence.shape[2] ?? -1] : [-1, 1, sequence.shape[2] ?? -1];
  const slice = context.emit1('RESHAPE', {}, [output, context.ints32(shape)]);
  return context.emit1('DYNAMIC_UPDATE_SLICE', {}, [sequence, slice, place]);
}

function timeSteps(context: LowerContext, layer: RnnLayer): Value {
  const shape = context.emit1('SHAPE', { out_type: 2 }, [layer.x]);
  return context.emit1('GATHER', { axis: 0, batch_dims: 0 }, [
    shape,
    context.scalar('int32', layer.timeAxis),
  ]);
}
