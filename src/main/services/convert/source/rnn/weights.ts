import { viewAs } from '@shared/model/dtype';
import type { SourceTensor } from '../../source';
import type { Cell } from './cell';
import type { Matrix } from './constants';

/** The gates' weights side by side, in Keras's layout. */
export interface CellWeights {
  readonly kernel: SourceTensor;
  readonly recurrent: SourceTensor;
  readonly bias: SourceTensor | undefined;
  readonly units: number;
}

/** Undefined when the gates' sizes do not fit together. */
export function cellWeights(cell: Cell): CellWeights | undefined {
  const { gates } = cell;
  const units = gates[0]?.kernel.columns ?? 0;
  const features = gates[0]?.kernel.rows ?? 0;
  const fits = gates.every(
    ({ kernel, recurrent }) =>
      kernel.columns === units &&
      kernel.rows === features &&
      recurrent.columns === units &&
      recurrent.rows === units,
  );
  if (!fits || units === 0) return undefined;
  const all = gates.flatMap(({ biases, recurrentBiases }) => [...biases, ...recurrentBiases]);
  if (all.some((bias) => bias.length !== units)) return undefined;
  return {
    kernel: sideBySide(gates.map((gate) => gate.kernel)),
    recurrent: sideBySide(gates.map((gate) => gate.recurrent)),
    bias: all.length > 0 ? biasOf(cell, units) : undefined,
    units,
  };
}

/** Columns of several matrices as one; the matrix itself where they are its columns in order. */
function sideBySide(parts: readonly Matrix[]): SourceTensor {
  const [first] = parts;
  const columns = first?.columns ?? 0;
  const rows = first?.rows ?? 0;
  const whole = first?.tensor;
  const inOrder = parts.every((part, i) => part.tensor === whole && part.start === i * columns);
  if (whole && inOrder && whole.shape[1] === parts.length * columns) return whole;
  const width = parts.length * columns;
  const bytes = (): Uint8Array => {
    const out = new Float32Array(rows * width);
    parts.forEach(({ tensor, start }, place) => {
      const from = viewAs('float32', tensor.data.bytes());
      const stride = tensor.shape[1] ?? 0;
      for (let row = 0; row < rows; row++)
        out.set(
          from.subarray(row * stride + start, row * stride + start + columns),
          row * width + place * columns,
        );
    });
    return new Uint8Array(out.buffer);
  };
  return { dtype: 'float32', shape: [rows, width], data: { byteLength: 4 * rows * width, bytes } };
}

function biasOf({ gates, resetAfter }: Cell, units: number): SourceTensor {
  const width = gates.length * units;
  const out = new Float32Array(resetAfter ? 2 * width : width);
  const add = (bias: Float32Array, at: number): void => {
    for (let i = 0; i < units; i++) out[at + i] = (out[at + i] as number) + (bias[i] as number);
  };
  gates.forEach(({ biases, recurrentBiases }, gate) => {
    for (const bias of biases) add(bias, gate * units);
    for (const bias of recurrentBiases) add(bias, width + gate * units);
  });
  const bytes = new Uint8Array(out.buffer);
  return {
    dtype: 'float32',
    shape: resetAfter ? [2, width] : [width],
    data: { byteLength: bytes.byteLength, bytes: () => bytes },
  };
}
