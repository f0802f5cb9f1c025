import type { SourceFunction, SourceNode, SourceRef } from '../../source';
import { recogniseCell, type Cell } from './cell';
import { integersAt, nodeAt, vectorAt, type Lookup } from './constants';
import { ExpressionReader } from './expression';

/** A loop over time that was recognised as a recurrent layer. */
export interface RecurrentLoop {
  readonly cell: Cell;
  /** The layer's input outside of the loop. */
  readonly input: SourceRef;
  readonly timeMajor: boolean;
  readonly goBackwards: boolean;
  /** Number of steps where the loop has it as a constant. */
  readonly steps: number | undefined;
  /** Output of the While node that is the list of outputs; whether each step has its place in it, or only the last is kept. */
  readonly list: { readonly output: number; readonly all: boolean } | undefined;
  /** Outputs of the While node that are the last states, h first, and what they start with (undefined for zeros). */
  readonly states: readonly { readonly output: number; readonly start: SourceRef | undefined }[];
  /** Outputs that equal an operand. */
  readonly unchanged: ReadonlyMap<number, SourceRef>;
}

/** Recognises a While node that Keras wrote for a recurrent layer, by what its body computes; undefined for all others. */
export function recogniseLoop(
  node: SourceNode,
  nodes: ReadonlyMap<string, SourceNode>,
  functions: ReadonlyMap<string, SourceFunction>,
): RecurrentLoop | undefined {
  const [body, cond] = [bodyOf(node, 'body', functions), bodyOf(node, 'cond', functions)];
  if (!body || !cond || body.args.length !== node.inputs.length) return undefined;
  const outside: Lookup = { node: (name) => nodes.get(name), outside: () => undefined };
  const roles = rolesOf(body);
  const lookup = lookupIn(node, body, roles.unchanged, outside);
  const reads = Array.from(body.nodes.values()).filter((each) => each.op === 'TensorListGetItem');
  const [read] = reads;
  const step = read?.inputs[1]?.node;
  if (!read || reads.length !== 1 || step === undefined || !roles.counters.has(step)) return undefined;
  if (!startsAtZero(node, body, roles.counters, outside)) return undefined;
  const input = inputOf(read, lookup, outside);
  if (!input) return undefined;
  const bounds = stepsOf(node, cond, body, step, roles, outside, input.elements);
  const written = roles.lists.length === 1 ? roles.lists[0] : undefined;
  if (!bounds || !written || roles.states.length === 0) return undefined;
  const write = body.nodes.get((body.outputs[written] as SourceRef).node);
  const [, place, item] = write?.inputs ?? [];
  const cell = item && cellOf(body, roles.states, item, read.name, lookup);
  if (!cell || !place) return undefined;
  const all = place.node === step;
  if (!all && integersAt(place, lookup)?.[0] !== 0) return undefined;
  return {
    cell,
    input: input.tensor,
    timeMajor: input.timeMajor,
    goBackwards: input.goBackwards,
    steps: bounds.steps,
    list: { output: written, all },
    states: cell.states.map((name) => {
      const output = body.args.findIndex((arg) => arg.name === name);
      const start = node.inputs[output] as SourceRef;
      return { output, start: isZero(start, outside) ? undefined : start };
    }),
    unchanged: new Map(Array.from(roles.unchanged, (i) => [i, node.inputs[i] as SourceRef])),
  };
}

interface Roles {
  readonly unchanged: ReadonlySet<number>;
  /** Arguments that grow by one, by name. */
  readonly counters: ReadonlySet<string>;
  /** Indices of arguments that are lists written to. */
  readonly lists: readonly number[];
  /** Indices of all other arguments. */
  readonly states: readonly number[];
}

function bodyOf(
  node: SourceNode,
  attr: string,
  functions: ReadonlyMap<string, SourceFunction>,
): SourceFunction | undefined {
  const name = node.attrs[attr];
  return name?.kind === 'function' ? functions.get(name.value) : undefined;
}

function lookupIn(
  node: SourceNode,
  fn: SourceFunction,
  unchanged: ReadonlySet<number>,
  outside: Lookup,
): Lookup {
  const places = new Map(fn.args.map((arg, i) => [arg.name, i]));
  return {
    node: (name) => fn.nodes.get(name),
    outside: (argument) => {
      const place = places.get(argument);
      const ref = place !== undefined && unchanged.has(place) ? node.inputs[place] : undefined;
      return ref && { ref, lookup: outside };
    },
  };
}

function rolesOf(body: SourceFunction): Roles {
  const unchanged = new Set<number>();
  const counters = new Set<string>();
  const lists: number[] = [];
  const states: number[] = [];
  const inBody: Lookup = { node: (name) => body.nodes.get(name), outside: () => undefined };
  body.args.forEach(({ name, dtype }, i) => {
    const output = body.outputs[i] as SourceRef;
    const producer = body.nodes.get(output.node);
    if (output.node === name) unchanged.add(i);
    else if (producer?.op === 'TensorListSetItem' && producer.inputs[0]?.node === name) lists.push(i);
    else if ((producer?.op === 'AddV2' || producer?.op === 'Add') && dtype === 'int32') {
      const other = producer.inputs.find((ref) => ref.node !== name);
      if (producer.inputs.some((ref) => ref.node === name) && integersAt(other, inBody)?.[0] === 1)
        counters.add(name);
      else states.push(i);
    } else states.push(i);
  });
  return { unchanged, counters, lists, states };
}

const startsAtZero = (
  node: SourceNode,
  body: SourceFunction,
  counters: ReadonlySet<string>,
  outside: Lookup,
): boolean =>
  body.args.every(({ name }, i) => !counters.has(name) || integersAt(node.inputs[i], outside)?.[0] === 0);

interface LoopInput {
  readonly tensor: SourceRef;
  /** The tensor whose first axis is gone through. */
  readonly elements: SourceRef;
  readonly timeMajor: boolean;
  readonly goBackwards: boolean;
}

/** From the list that is read to the layer's input: TensorListFromTensor, perhaps a reversal, perhaps a transpose. */
function inputOf(read: SourceNode, lookup: Lookup, outside: Lookup): LoopInput | undefined {
  const list = read.inputs[0] && nodeAt(read.inputs[0], lookup);
  const elements =
    list?.lookup === outside && list.node.op === 'TensorListFromTensor' ? list.node.inputs[0] : undefined;
  if (!elements) return undefined;
  let tensor = elements;
  let goBackwards = false;
  const reverse = nodeAt(tensor, outside)?.node;
  if (reverse?.op === 'ReverseV2' && integersAt(reverse.inputs[1], outside)?.join() === '0') {
    tensor = reverse.inputs[0] as SourceRef;
    goBackwards = true;
  }
  const transpose = nodeAt(tensor, outside)?.node;
  const batchMajor = transpose?.op === 'Transpose' && isTimeSwap(transpose.inputs[1], outside);
  return {
    tensor: batchMajor ? (transpose.inputs[0] as SourceRef) : tensor,
    elements,
    timeMajor: !batchMajor,
    goBackwards,
  };
}

export const isTimeSwap = (perm: SourceRef | undefined, lookup: Lookup): boolean =>
  integersAt(perm, lookup)?.join() === '1,0,2';

/** The condition has to hold for exactly the elements of the input, or a constant number of steps. */
function stepsOf(
  node: SourceNode,
  cond: SourceFunction,
  body: SourceFunction,
  step: string,
  roles: Roles,
  outside: Lookup,
  elements: SourceRef,
): { readonly steps: number | undefined } | undefined {
  const lookup = lookupIn(node, cond, roles.unchanged, outside);
  const stepIndex = body.args.findIndex((arg) => arg.name === step);
  const limits: { readonly index: number; readonly limit: SourceRef }[] = [];
  const collect = (ref: SourceRef | undefined, depth: number): boolean => {
    const test = ref && cond.nodes.get(ref.node);
    if (test?.op === 'LogicalAnd' && depth < 4) return test.inputs.every((each) => collect(each, depth + 1));
    const [left, limit] = test?.op === 'Less' ? test.inputs : [];
    const index = cond.args.findIndex((arg) => arg.name === left?.node);
    if (!limit || !roles.counters.has(body.args[index]?.name ?? '')) return false;
    limits.push({ index, limit });
    return true;
  };
  if (!collect(cond.outputs[0], 0)) return undefined;
  const own = limits.filter(({ index }) => index === stepIndex);
  const [bound] = own;
  if (!bound || own.length !== 1) return undefined;
  const steps = limitNumber(bound.limit, lookup);
  if (steps === undefined && !isLengthOf(bound.limit, lookup, elements)) return undefined;
  const others = limits.filter(({ index }) => index !== stepIndex);
  const harmless = others.every(({ limit }) => {
    const number = limitNumber(limit, lookup);
    return steps === undefined
      ? isLengthOf(limit, lookup, elements)
      : number !== undefined && number >= steps;
  });
  return harmless ? { steps } : undefined;
}

/** A limit as a number; Keras 3 writes the maximum of one number. */
function limitNumber(ref: SourceRef | undefined, lookup: Lookup): number | undefined {
  const found = ref && nodeAt(ref, lookup);
  if (found?.node.op === 'Max') return limitNumber(found.node.inputs[0], found.lookup);
  if (found?.node.op === 'StridedSlice') {
    const whole = integersAt(found.node.inputs[0], found.lookup);
    const at = integersAt(found.node.inputs[1], found.lookup)?.[0];
    return at === undefined ? undefined : whole?.at(at);
  }
  const numbers = integersAt(ref, lookup);
  return numbers?.length === 1 ? numbers[0] : undefined;
}

/** Whether a reference is `Shape(tensor)[0]`. */
function isLengthOf(ref: SourceRef | undefined, lookup: Lookup, tensor: SourceRef): boolean {
  const found = ref && nodeAt(ref, lookup);
  if (found?.node.op === 'Max') return isLengthOf(found.node.inputs[0], found.lookup, tensor);
  if (found?.node.op !== 'StridedSlice' || integersAt(found.node.inputs[1], found.lookup)?.join() !== '0')
    return false;
  const shape = found.node.inputs[0] && nodeAt(found.node.inputs[0], found.lookup)?.node;
  const of = shape?.op === 'Shape' ? shape.inputs[0] : undefined;
  return of?.node === tensor.node && of.output === tensor.output;
}

function cellOf(
  body: SourceFunction,
  states: readonly number[],
  item: SourceRef,
  read: string,
  lookup: Lookup,
): Cell | undefined {
  const names = new Set(states.map((i) => body.args[i]?.name ?? ''));
  const reader = new ExpressionReader(lookup, (ref) => {
    if (ref.node === read) return { kind: 'input' };
    return names.has(ref.node) ? { kind: 'state', argument: ref.node } : undefined;
  });
  const output = reader.read(item);
  const own = states.find((i) => {
    const ref = body.outputs[i];
    return ref?.node === item.node && ref.output === item.output;
  });
  if (!output || own === undefined) return undefined;
  const others = new Map<string, NonNullable<ReturnType<typeof reader.read>>>();
  for (const i of states) {
    if (i === own) continue;
    const expression = reader.read(body.outputs[i]);
    if (!expression) return undefined;
    others.set(body.args[i]?.name ?? '', expression);
  }
  return recogniseCell(output, body.args[own]?.name ?? '', others);
}

/** States that start with zeros, in any of the forms that exporters write. */
function isZero(ref: SourceRef, lookup: Lookup): boolean {
  const node = nodeAt(ref, lookup)?.node;
  if (node?.op === 'Fill') return vectorAt(node.inputs[1], lookup)?.every((value) => value === 0) ?? false;
  if (node?.op === 'BroadcastTo')
    return vectorAt(node.inputs[0], lookup)?.every((value) => value === 0) ?? false;
  if (node?.op === 'ZerosLike') return true;
  return vectorAt(ref, lookup)?.every((value) => value === 0) ?? false;
}
