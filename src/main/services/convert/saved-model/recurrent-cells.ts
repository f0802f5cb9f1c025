import type { SourceRef } from '../source';
import type { RnnActivation, RnnOp } from '../source/rnn';
import { outputOf, type NodeBuilder } from './builder';

/** A recurrent layer's weights and settings; weights in Keras's own layout, see source/rnn.ts. */
export interface Cell {
  readonly op: RnnOp;
  readonly kernel: SourceRef;
  readonly recurrent: SourceRef;
  readonly bias: SourceRef | undefined;
  readonly resetAfter: boolean;
  readonly activation: RnnActivation;
  readonly recurrentActivation: RnnActivation;
}

type Activation = (b: NodeBuilder, x: SourceRef) => SourceRef;

const plain =
  (op: string): Activation =>
  (b, x) =>
    b.add(op, [x]);

/** Keras's activations in TensorFlow's operators. */
const ACTIVATIONS: Readonly<Record<RnnActivation, Activation>> = {
  linear: (_, x) => x,
  tanh: plain('Tanh'),
  sigmoid: plain('Sigmoid'),
  relu: plain('Relu'),
  relu6: plain('Relu6'),
  elu: plain('Elu'),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  exponential: plain('Exp'),
  silu: (b, x) => b.add('Mul', [x, b.add('Sigmoid', [x])]),
  hard_sigmoid: (b, x) => b.add('RealDiv', [b.add('Relu6', [b.add('AddV2', [x, b.float(3)])]), b.float(6)]),
  hard_sigmoid_keras2: (b, x) => {
    const line = b.add('AddV2', [b.add('Mul', [x, b.float(0.2)]), b.float(0.5)]);
    return b.add('Maximum', [b.add('Minimum', [line, b.float(1)]), b.float(0)]);
  },
};

const split = (b: NodeBuilder, x: SourceRef, count: number, axis: number): SourceRef[] => {
  const parts = b.add('Split', [b.int(axis), x], { num_split: { kind: 'int', value: count } });
  return Array.from({ length: count }, (_, i) => outputOf(parts, i));
};

const product = (b: NodeBuilder, x: SourceRef, weights: SourceRef, bias?: SourceRef): SourceRef => {
  const result = b.add('MatMul', [x, weights]);
  return bias ? b.add('BiasAdd', [result, bias]) : result;
};

/** One step in time as Keras defines it: x [batch, features] and the states before, to the states after; the first is the output. */
export function step(
  b: NodeBuilder,
  cell: Cell,
  x: SourceRef,
  states: readonly SourceRef[],
): readonly SourceRef[] {
  const [h, c] = states as [SourceRef, SourceRef];
  const gate = (value: SourceRef): SourceRef => ACTIVATIONS[cell.recurrentActivation](b, value);
  const curve = (value: SourceRef): SourceRef => ACTIVATIONS[cell.activation](b, value);
  if (cell.op === '_Gru') return [gruStep(b, cell, x, h, gate, curve)];
  const sum = b.add('AddV2', [product(b, x, cell.kernel, cell.bias), product(b, h, cell.recurrent)]);
  if (cell.op === '_SimpleRnn') return [curve(sum)];
  const [i, f, candidate, o] = split(b, sum, 4, 1) as [SourceRef, SourceRef, SourceRef, SourceRef];
  const kept = b.add('Mul', [gate(f), c]);
  const fresh = b.add('Mul', [gate(i), curve(candidate)]);
  const state = b.add('AddV2', [kept, fresh]);
  return [b.add('Mul', [gate(o), curve(state)]), state];
}

type Curve = (x: SourceRef) => SourceRef;

function gruStep(
  b: NodeBuilder,
  cell: Cell,
  x: SourceRef,
  h: SourceRef,
  gate: Curve,
  curve: Curve,
): SourceRef {
  const [inputBias, recurrentBias] = biases(b, cell);
  const [xz, xr, xn] = split(b, product(b, x, cell.kernel, inputBias), 3, 1) as [
    SourceRef,
    SourceRef,
    SourceRef,
  ];
  const candidate = (hn: SourceRef): SourceRef => curve(b.add('AddV2', [xn, hn]));
  let z: SourceRef;
  let n: SourceRef;
  if (cell.resetAfter) {
    const inner = split(b, product(b, h, cell.recurrent, recurrentBias), 3, 1);
    const [hz, hr, hn] = inner as [SourceRef, SourceRef, SourceRef];
    z = gate(b.add('AddV2', [xz, hz]));
    const r = gate(b.add('AddV2', [xr, hr]));
    n = candidate(b.add('Mul', [r, hn]));
  } else {
    const [rz, rr, rn] = split(b, cell.recurrent, 3, 1) as [SourceRef, SourceRef, SourceRef];
    z = gate(b.add('AddV2', [xz, product(b, h, rz)]));
    const r = gate(b.add('AddV2', [xr, product(b, h, rr)]));
    n = candidate(product(b, b.add('Mul', [r, h]), rn));
  }
  const old = b.add('Mul', [z, h]);
  return b.add('AddV2', [old, b.add('Mul', [b.add('Sub', [b.float(1), z]), n])]);
}

/** A bias of two rows is one for the input and one for the recurrent product. */
function biases(b: NodeBuilder, { bias, resetAfter }: Cell): readonly (SourceRef | undefined)[] {
  if (!bias || !resetAfter) return [bias, undefined];
  const rows = b.add('Unpack', [bias], {
    num: { kind: 'int', value: 2 },
    axis: { kind: 'int', value: 0 },
  });
  return [rows, outputOf(rows, 1)];
}
