import { RNN_GATES, type RnnOp } from '@main/services/convert/source/rnn';

/** A recurrent layer by plain loops, as Keras documents its cells: what the converted layers are compared with. */
export interface PlainLayer {
  readonly op: RnnOp;
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
  /** [batch, time, features] */
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly recurrent: readonly number[];
  readonly bias: readonly number[];
  readonly goBackwards: boolean;
  readonly resetAfter: boolean;
  readonly states?: readonly (readonly number[])[];
  readonly mask?: readonly boolean[];
}

export interface PlainResult {
  /** [batch, time, units] in order of processing */
  readonly sequence: number[];
  readonly states: number[][];
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export function runPlainLayer(layer: PlainLayer): PlainResult {
  const { op, batch, steps, units } = layer;
  const sequence = Array.from({ length: batch * steps * units }, () => 0);
  const states: number[][] = Array.from({ length: op === '_Lstm' ? 2 : 1 }, (_, i) =>
    Array.from(layer.states?.[i] ?? Array.from({ length: batch * units }, () => 0)),
  );
  for (let b = 0; b < batch; b++) {
    let output = Array.from({ length: units }, () => 0);
    for (let t = 0; t < steps; t++) {
      const at = layer.goBackwards ? steps - 1 - t : t;
      const now = states.map((state) => state.slice(b * units, (b + 1) * units));
      if (layer.mask?.[b * steps + at] ?? true) {
        const next = step(layer, b, at, now);
        next.forEach((values, i) => states[i]?.splice(b * units, units, ...values));
        output = next[0] as number[];
      }
      sequence.splice((b * steps + t) * units, units, ...output);
    }
  }
  return { sequence, states };
}

function step(layer: PlainLayer, b: number, t: number, states: number[][]): number[][] {
  const { op, units, steps, features, bias } = layer;
  const width = RNN_GATES[op] * units;
  const h = states[0] as number[];
  const x = layer.x.slice((b * steps + t) * features, (b * steps + t + 1) * features);
  const times = (vector: readonly number[], matrix: readonly number[], column: number): number =>
    vector.reduce((sum, value, row) => sum + value * (matrix[row * width + column] ?? 0), 0);
  const fromX = (gate: number, u: number): number => {
    const column = gate * units + u;
    return times(x, layer.kernel, column) + (bias[column] ?? 0);
  };
  const fromH = (vector: readonly number[], gate: number, u: number): number => {
    const column = gate * units + u;
    return times(vector, layer.recurrent, column) + (layer.resetAfter ? (bias[width + column] ?? 0) : 0);
  };
  const all = (compute: (u: number) => number): number[] =>
    Array.from({ length: units }, (_, u) => compute(u));
  const gate = (index: number): number[] => all((u) => sigmoid(fromX(index, u) + fromH(h, index, u)));
  if (op === '_SimpleRnn') return [all((u) => Math.tanh(fromX(0, u) + fromH(h, 0, u)))];
  if (op === '_Lstm') {
    const [i, f, o] = [gate(0), gate(1), gate(3)] as [number[], number[], number[]];
    const g = all((u) => Math.tanh(fromX(2, u) + fromH(h, 2, u)));
    const c = all((u) => (f[u] ?? 0) * (states[1]?.[u] ?? 0) + (i[u] ?? 0) * (g[u] ?? 0));
    return [all((u) => (o[u] ?? 0) * Math.tanh(c[u] ?? 0)), c];
  }
  const [z, r] = [gate(0), gate(1)] as [number[], number[]];
  const reset = h.map((value, u) => value * (r[u] ?? 0));
  const n = all((u) =>
    Math.tanh(fromX(2, u) + (layer.resetAfter ? (r[u] ?? 0) * fromH(h, 2, u) : fromH(reset, 2, u))),
  );
  return [all((u) => (z[u] ?? 0) * (h[u] ?? 0) + (1 - (z[u] ?? 0)) * (n[u] ?? 0))];
}
