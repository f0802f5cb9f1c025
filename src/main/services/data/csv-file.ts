import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { AppError } from '@shared/error/app-error';
import { ARRAY_OF, type TypedArray } from '@shared/model/dtype';
import { elementCount, type TensorSpec } from '@shared/model/tensor';
import type { DataSet } from './data-set';
import { invalidData } from './finite';

/** Kept in memory while the data set is open; larger data belongs into an .npy file. */
const MAX_FILE_BYTES = 512 * 2 ** 20;
const LABEL_NAMES = new Set(['label', 'labels', 'y', 'class']);

/**
 * Opens a table of numbers, a sample a line: all inputs' elements one after the other, in C order. A heading is optional;
 * with one, a column named `label` holds classes.
 */
export async function openCsvFile(path: string, inputs: readonly TensorSpec[]): Promise<DataSet> {
  const specs = inputs.map(({ name, dtype, shape }) => {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'uint8' && dtype !== 'int8')
      throw invalidData(path, `input '${name}' takes ${dtype}, which a table does not give`);
    const fixed = shape.map((dim) => (dim < 0 ? 1 : dim));
    return { name, dtype, shape: fixed, size: elementCount(fixed) };
  });
  const columns = specs.reduce((sum, { size }) => sum + size, 0);
  const rows: Float64Array[] = [];
  const labels: number[] = [];
  let labelColumn = -1;
  for await (const [number, cells] of lines(path)) {
    if (number === 1 && cells.some((cell) => !isNumber(cell))) {
      labelColumn = cells.findIndex((cell) => LABEL_NAMES.has(cell.toLowerCase()));
      continue;
    }
    const [label] = labelColumn < 0 ? [] : cells.splice(labelColumn, 1);
    if (cells.length !== columns)
      throw invalidData(path, `line ${number} has ${cells.length} values where the model takes ${columns}`);
    const wrong = cells.find((cell) => !isNumber(cell));
    if (wrong !== undefined) throw invalidData(path, `line ${number} holds '${wrong.slice(0, 40)}'`);
    rows.push(Float64Array.from(cells, Number));
    if (label === undefined) continue;
    if (!/^\d{1,9}$/.test(label))
      throw invalidData(path, `line ${number} has the label '${label.slice(0, 40)}'`);
    labels.push(Number(label));
  }
  if (rows.length === 0) throw invalidData(path, 'it has no samples');
  return {
    description: `${path} (${rows.length} samples${labelColumn >= 0 ? ', labelled' : ''})`,
    count: rows.length,
    random: false,
    labels: labelColumn >= 0 ? Int32Array.from(labels) : undefined,
    slice: (start, end) => {
      const chosen = rows.slice(start, end);
      let from = 0;
      const tensors = specs.map(({ name, dtype, shape, size }) => {
        const data: TypedArray = new ARRAY_OF[dtype](chosen.length * size);
        for (const [i, row] of chosen.entries()) data.set(row.subarray(from, from + size), i * size);
        from += size;
        return [name, { dtype, shape: [chosen.length, ...shape], data }] as const;
      });
      return Promise.resolve(Object.fromEntries(tensors));
    },
    close: () => Promise.resolve(),
  };
}

const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));

async function* lines(path: string): AsyncGenerator<[number: number, cells: string[]]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('file.not-found', `${path} cannot be opened.`, { cause });
  });
  if (found.size > MAX_FILE_BYTES)
    throw invalidData(path, `it has ${found.size} bytes; give more than ${MAX_FILE_BYTES} as .npy`);
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    number++;
    if (line.trim() !== '') yield [number, line.split(/[,;\t]/).map((cell) => cell.trim())];
  }
}
