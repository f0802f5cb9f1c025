import type { SourceRef } from '../../source';
import { columnsOf, integersAt, matrixAt, nodeAt, vectorAt, type Lookup, type Matrix } from './constants';

/** What a step of a loop computes, as far as recurrent cells are made of it. Equal objects are the same value. */
export type Expression =
  | { readonly kind: 'input' }
  | { readonly kind: 'state'; readonly argument: string }
  | Linear
  | { readonly kind: 'activation'; readonly name: string; readonly of: Expression }
  | { readonly kind: 'product' | 'sum'; readonly a: Expression; readonly b: Expression }
  | { readonly kind: 'complement'; readonly of: Expression }
  | {
      readonly kind: 'scaled' | 'shifted' | 'atMost' | 'atLeast';
      readonly of: Expression;
      readonly by: number;
    };

/** A sum of products with constant matrices, and of constant vectors. */
export interface Linear {
  readonly kind: 'linear';
  readonly terms: readonly { readonly of: Expression; readonly matrix: Matrix }[];
  readonly biases: readonly Float32Array[];
  readonly width: number;
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Relu: 'relu',
  Relu6: 'relu6',
  Elu: 'elu',
  Softplus: 'softplus',
  Softsign: 'softsign',
  Exp: 'exponential',
};

/** Cells are shallow; what is deeper is something else. */
const MAX_DEPTH = 64;

/** Reads the expressions of one body. `leaf` says which references are the step's input or its states. */
export class ExpressionReader {
  readonly #lookup: Lookup;
  readonly #leaf: (ref: SourceRef) => Expression | undefined;
  readonly #known = new Map<string, Expression | undefined>();
  #depth = 0;

  constructor(lookup: Lookup, leaf: (ref: SourceRef) => Expression | undefined) {
    this.#lookup = lookup;
    this.#leaf = leaf;
  }

  /** Undefined for anything that no recurrent cell has in it. */
  read(ref: SourceRef | undefined): Expression | undefined {
    if (!ref) return undefined;
    const key = `${ref.output}:${ref.node}`;
    if (this.#known.has(key)) return this.#known.get(key);
    if (this.#depth >= MAX_DEPTH) return undefined;
    this.#depth++;
    const expression = this.#leaf(ref) ?? this.#readNode(ref);
    this.#depth--;
    this.#known.set(key, expression);
    return expression;
  }

  #readNode(ref: SourceRef): Expression | undefined {
    const found = nodeAt(ref, this.#lookup);
    if (!found || found.lookup !== this.#lookup) return undefined;
    const { node, output } = found;
    const [first, second] = node.inputs;
    const activation = Object.hasOwn(ACTIVATIONS, node.op) ? ACTIVATIONS[node.op] : undefined;
    if (activation !== undefined) {
      const of = this.read(first);
      return of && named({ kind: 'activation', name: activation, of });
    }
    switch (node.op) {
      case 'MatMul':
        return this.#product(first, second, node.attrs);
      case '_FusedMatMul': {
        const steps = node.attrs['fused_ops'];
        const plain = steps?.kind === 'list' && steps.value.map((step) => step.value).join() === 'BiasAdd';
        const product = plain ? this.#product(first, second, node.attrs) : undefined;
        return product && this.#add(product, node.inputs[2]);
      }
      case 'BiasAdd':
      case 'Add':
      case 'AddV2':
        return this.#sum(first, second);
      case 'Sub':
        return this.#difference(first, second);
      case 'Mul':
        return this.#times(first, second);
      case 'RealDiv': {
        const [of, by] = [this.read(first), this.#number(second)];
        return of && by !== undefined ? named({ kind: 'scaled', of, by: 1 / by }) : undefined;
      }
      case 'Minimum':
      case 'Maximum': {
        const kind = node.op === 'Minimum' ? 'atMost' : 'atLeast';
        const [of, by] = [this.read(first), this.#number(second)];
        return of && by !== undefined ? named({ kind, of, by }) : undefined;
      }
      case 'ClipByValue': {
        const [of, low, high] = [this.read(first), this.#number(second), this.#number(node.inputs[2])];
        if (!of || low === undefined || high === undefined) return undefined;
        return named({ kind: 'atLeast', of: { kind: 'atMost', of, by: high }, by: low });
      }
      case 'Split': {
        const count = node.attrs['num_split'];
        const axis = integersAt(first, this.#lookup)?.[0];
        const whole = this.read(second);
        if (whole?.kind !== 'linear' || count?.kind !== 'int' || (axis !== 1 && axis !== -1))
          return undefined;
        const width = whole.width / count.value;
        return slice(whole, output * width, width);
      }
      case 'StridedSlice': {
        const whole = this.read(first);
        const part = whole?.kind === 'linear' ? columnsOf(node, this.#lookup, whole.width) : undefined;
        return whole?.kind === 'linear' && part ? slice(whole, part.from, part.to - part.from) : undefined;
      }
      default:
        return undefined;
    }
  }

  #number(ref: SourceRef | undefined): number | undefined {
    const vector = vectorAt(ref, this.#lookup);
    return vector?.length === 1 ? vector[0] : undefined;
  }

  #product(
    x: SourceRef | undefined,
    weights: SourceRef | undefined,
    attrs: Readonly<Record<string, { readonly value: unknown }>>,
  ): Linear | undefined {
    if (attrs['transpose_a']?.value === true || attrs['transpose_b']?.value === true) return undefined;
    const of = this.read(x);
    const matrix = matrixAt(weights, this.#lookup);
    if (!of || !matrix || of.kind === 'linear') return undefined;
    return { kind: 'linear', terms: [{ of, matrix }], biases: [], width: matrix.columns };
  }

  #sum(a: SourceRef | undefined, b: SourceRef | undefined): Expression | undefined {
    const left = this.read(a);
    if (!left) {
      const right = this.read(b);
      return right && this.#add(right, a);
    }
    const right = this.read(b);
    if (!right) return this.#add(left, b);
    if (left.kind === 'linear' && right.kind === 'linear' && left.width === right.width)
      return {
        kind: 'linear',
        terms: [...left.terms, ...right.terms],
        biases: [...left.biases, ...right.biases],
        width: left.width,
      };
    return { kind: 'sum', a: left, b: right };
  }

  /** Plus a constant: a bias, or one number. */
  #add(of: Expression, constant: SourceRef | undefined): Expression | undefined {
    const vector = vectorAt(constant, this.#lookup);
    if (!vector) return undefined;
    if (of.kind === 'linear' && vector.length === of.width && of.width > 1)
      return { ...of, biases: [...of.biases, vector] };
    return vector.length === 1 ? { kind: 'shifted', of, by: vector[0] as number } : undefined;
  }

  #difference(a: SourceRef | undefined, b: SourceRef | undefined): Expression | undefined {
    const of = this.read(b);
    return of && this.#number(a) === 1 ? { kind: 'complement', of } : undefined;
  }

  #times(a: SourceRef | undefined, b: SourceRef | undefined): Expression | undefined {
    const [left, right] = [this.read(a), this.read(b)];
    if (left && right) return named({ kind: 'product', a: left, b: right });
    const of = left ?? right;
    const by = this.#number(left ? b : a);
    return of && by !== undefined ? named({ kind: 'scaled', of, by }) : undefined;
  }
}

const slice = (whole: Linear, from: number, width: number): Linear => ({
  kind: 'linear',
  terms: whole.terms.map(({ of, matrix }) => ({
    of,
    matrix: { ...matrix, start: matrix.start + from, columns: width },
  })),
  biases: whole.biases.map((bias) => bias.subarray(from, from + width)),
  width,
});

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

/** Gives activations that are composed of others their names. */
function named(expression: Expression): Expression {
  if (expression.kind === 'product') {
    const { a, b } = expression;
    for (const [gate, other] of [
      [a, b],
      [b, a],
    ] as const)
      if (gate.kind === 'activation' && gate.name === 'sigmoid' && gate.of === other)
        return { kind: 'activation', name: 'silu', of: other };
  }
  if (expression.kind === 'scaled' && isNear(expression.by, 1 / 6)) {
    const inner = expression.of;
    if (
      inner.kind === 'activation' &&
      inner.name === 'relu6' &&
      inner.of.kind === 'shifted' &&
      inner.of.by === 3
    )
      return { kind: 'activation', name: 'hard_sigmoid', of: inner.of.of };
  }
  if (expression.kind === 'atLeast' && expression.by === 0 && expression.of.kind === 'atMost') {
    const { of, by } = expression.of;
    if (
      by === 1 &&
      of.kind === 'shifted' &&
      isNear(of.by, 0.5) &&
      of.of.kind === 'scaled' &&
      isNear(of.of.by, 0.2)
    )
      return { kind: 'activation', name: 'hard_sigmoid_keras2', of: of.of.of };
  }
  return expression;
}
