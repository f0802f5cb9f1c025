import { RNN_ACTIVATIONS, type RnnActivation, type RnnOp } from '../rnn';
import type { Matrix } from './constants';
import type { Expression, Linear } from './expression';

/** A recurrent cell that was recognised: per gate (in Keras's order) its weights and biases. */
export interface Cell {
  readonly op: RnnOp;
  readonly activation: RnnActivation;
  readonly recurrentActivation: RnnActivation;
  readonly gates: readonly Gate[];
  readonly resetAfter: boolean;
  /** Arguments of the body that hold h, and c of an LSTM. */
  readonly states: readonly string[];
}

export interface Gate {
  readonly kernel: Matrix;
  readonly recurrent: Matrix;
  readonly biases: readonly Float32Array[];
  /** GRU with the reset after the product: biases added to the recurrent part. */
  readonly recurrentBiases: readonly Float32Array[];
}

type Activated = { readonly name: RnnActivation; readonly of: Expression };

/** Recognises the cell whose next output is `next` and, for LSTM, whose next other states are `others`, by argument. */
export function recogniseCell(
  output: Expression,
  outputState: string,
  others: ReadonlyMap<string, Expression>,
): Cell | undefined {
  const [other] = others;
  if (others.size === 1 && other) return lstm(output, outputState, other[0], other[1]);
  return others.size === 0 ? (gru(output, outputState) ?? simple(output, outputState)) : undefined;
}

const pair = (
  expression: Expression | undefined,
  kind: 'product' | 'sum',
): readonly (readonly [Expression, Expression])[] =>
  expression?.kind === kind
    ? [
        [expression.a, expression.b],
        [expression.b, expression.a],
      ]
    : [];

function activated(expression: Expression): Activated {
  if (expression.kind !== 'activation') return { name: 'linear', of: expression };
  const name = RNN_ACTIVATIONS.find((each) => each === expression.name);
  return name ? { name, of: expression.of } : { name: 'linear', of: expression };
}

const isState = (expression: Expression, argument: string): boolean =>
  expression.kind === 'state' && expression.argument === argument;

/** A gate's sum: input times kernel, h times recurrent kernel, biases. */
function gateOf(expression: Expression, h: string): Gate | undefined {
  if (expression.kind !== 'linear' || expression.terms.length !== 2) return undefined;
  const input = expression.terms.find((term) => term.of.kind === 'input');
  const state = expression.terms.find((term) => isState(term.of, h));
  return input && state
    ? { kernel: input.matrix, recurrent: state.matrix, biases: expression.biases, recurrentBiases: [] }
    : undefined;
}

function only(expression: Expression, test: (of: Expression) => boolean): Linear | undefined {
  const fits = expression.kind === 'linear' && expression.terms.length === 1;
  const [term] = fits ? expression.terms : [];
  return fits && term && test(term.of) ? expression : undefined;
}

/** h' = s(o) a(c'), c' = s(f) c + s(i) a(g) */
function lstm(output: Expression, h: string, c: string, cell: Expression): Cell | undefined {
  for (const [outGate, outer] of pair(output, 'product'))
    for (const [kept, added] of pair(cell, 'sum'))
      for (const [forgetGate, state] of pair(kept, 'product'))
        for (const [inputGate, candidate] of pair(added, 'product')) {
          const [s, a] = [activated(outGate), activated(outer)];
          if (a.of !== cell || !isState(state, c)) continue;
          const [f, i, g] = [activated(forgetGate), activated(inputGate), activated(candidate)];
          if (f.name !== s.name || i.name !== s.name || g.name !== a.name) continue;
          const gates = [i, f, g, s].map(({ of }) => gateOf(of, h));
          if (gates.every((gate) => gate !== undefined))
            return {
              op: '_Lstm',
              activation: a.name,
              recurrentActivation: s.name,
              gates,
              resetAfter: false,
              states: [h, c],
            };
        }
  return undefined;
}

/** h' = z h + (1 - z) n */
function gru(output: Expression, h: string): Cell | undefined {
  for (const [kept, fresh] of pair(output, 'sum'))
    for (const [gate, state] of pair(kept, 'product'))
      for (const [rest, candidate] of pair(fresh, 'product')) {
        if (!isState(state, h) || rest.kind !== 'complement' || rest.of !== gate) continue;
        const update = activated(gate);
        const z = gateOf(update.of, h);
        const n = activated(candidate);
        const inner = z && n.of.kind === 'sum' ? resetAfterGates(n.of, h, update.name) : undefined;
        if (z && inner) return gruCell(n.name, update.name, [z, ...inner], true, h);
        const before = z && resetBeforeGates(n.of, h, update.name);
        if (z && before) return gruCell(n.name, update.name, [z, ...before], false, h);
      }
  return undefined;
}

const gruCell = (
  activation: RnnActivation,
  recurrentActivation: RnnActivation,
  gates: readonly Gate[],
  resetAfter: boolean,
  h: string,
): Cell => ({ op: '_Gru', activation, recurrentActivation, gates, resetAfter, states: [h] });

/** n = a(Wx + r (Uh + b)) */
function resetAfterGates(sum: Expression, h: string, gateName: RnnActivation): readonly Gate[] | undefined {
  for (const [plain, product] of pair(sum, 'sum'))
    for (const [reset, recurrent] of pair(product, 'product')) {
      const r = activated(reset);
      const rGate = r.name === gateName ? gateOf(r.of, h) : undefined;
      const input = only(plain, (of) => of.kind === 'input');
      const state = only(recurrent, (of) => isState(of, h));
      const [kernel, recurrentKernel] = [input?.terms[0]?.matrix, state?.terms[0]?.matrix];
      if (rGate && input && state && kernel && recurrentKernel)
        return [
          rGate,
          { kernel, recurrent: recurrentKernel, biases: input.biases, recurrentBiases: state.biases },
        ];
    }
  return undefined;
}

/** n = a(Wx + U (r h) + b) */
function resetBeforeGates(
  linear: Expression,
  h: string,
  gateName: RnnActivation,
): readonly Gate[] | undefined {
  if (linear.kind !== 'linear' || linear.terms.length !== 2) return undefined;
  const input = linear.terms.find((term) => term.of.kind === 'input');
  const product = linear.terms.find((term) => term.of.kind === 'product');
  for (const [reset, state] of pair(product?.of, 'product')) {
    const r = activated(reset);
    const rGate = r.name === gateName && isState(state, h) ? gateOf(r.of, h) : undefined;
    if (rGate && input && product)
      return [
        rGate,
        { kernel: input.matrix, recurrent: product.matrix, biases: linear.biases, recurrentBiases: [] },
      ];
  }
  return undefined;
}

/** h' = a(Wx + Uh + b) */
function simple(output: Expression, h: string): Cell | undefined {
  const { name, of } = activated(output);
  const gate = gateOf(of, h);
  return gate
    ? {
        op: '_SimpleRnn',
        activation: name,
        recurrentActivation: 'sigmoid',
        gates: [gate],
        resetAfter: false,
        states: [h],
      }
    : undefined;
}
