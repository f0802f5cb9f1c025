import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { viewAs, type DType } from '@shared/model/dtype';
import type { SourceFormat } from '@shared/model/source-format';
import { elementCount, type NamedTensors, type Tensor } from '@shared/model/tensor';

type PlainType = Exclude<DType, 'string'>;

/** A place in a golden model's data.bin. */
export interface TensorRef {
  readonly dtype: PlainType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

type Refs = Readonly<Record<string, TensorRef>>;

export interface GoldenSignature {
  readonly inputs: Readonly<Record<string, { dtype: DType; shape: readonly (number | null)[] }>>;
  readonly outputs: Readonly<Record<string, { dtype: DType; shape: readonly (number | null)[] }>>;
  readonly golden: { readonly samples: number; readonly inputs: Refs; readonly outputs: Refs };
  readonly calibration: { readonly samples: number; readonly inputs: Refs };
}

export interface GoldenReference {
  readonly status: 'ok' | 'refused';
  readonly file: string;
  readonly bytes: number;
  readonly suspect?: string;
  readonly fallback?: readonly string[];
  /** Operators over all subgraphs. */
  readonly ops: readonly (readonly [type: string, version: number, count: number])[];
  readonly run: {
    readonly status?: string;
    readonly signatures: Readonly<Record<string, { inputs: Refs; outputs: Refs }>>;
  };
}

export interface GoldenDocument {
  readonly name: string;
  readonly data: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly signatures: Readonly<Record<string, GoldenSignature>>;
  readonly reference: Readonly<Record<string, GoldenReference>>;
  readonly expect: 'convert' | 'refuse';
  /** The operator that has to be named in a refusal. */
  readonly expect_reason?: string;
}

/** Where the golden models are, or undefined when this checkout has none beside it. */
export const goldenFolder: string | undefined = [
  process.env['EDGEBENCH_GOLDEN'],
  ...['..', '../..'].map((up) => resolve(__dirname, '../..', up, 'shared/golden')),
].find((folder): folder is string => folder !== undefined && existsSync(join(folder, 'index.json')));

/** One golden model: its document, its folder, and its tensors. */
export class Golden {
  readonly folder: string;
  readonly doc: GoldenDocument;
  readonly #data: Uint8Array;

  constructor(directory: string) {
    if (goldenFolder === undefined) throw new Error('there are no golden models beside this checkout');
    this.folder = join(goldenFolder, directory);
    this.doc = JSON.parse(readFileSync(join(this.folder, 'golden.json'), 'utf8')) as GoldenDocument;
    this.#data = readFileSync(join(this.folder, this.doc.data));
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  tensor(ref: TensorRef): Tensor {
    const data = viewAs(ref.dtype, this.#data.subarray(ref.offset, ref.offset + ref.bytes));
    if (data.length !== elementCount(ref.shape)) throw new Error('a golden tensor disagrees with its shape');
    return { dtype: ref.dtype, shape: ref.shape, data };
  }

  tensors(refs: Refs): NamedTensors {
    return Object.fromEntries(Object.entries(refs).map(([name, ref]) => [name, this.tensor(ref)]));
  }
}

/** All models of the manifest; only those named in EDGEBENCH_ONLY (with commas between) when it is set. */
export function goldenModels(): readonly Golden[] {
  if (goldenFolder === undefined) return [];
  const index = JSON.parse(readFileSync(join(goldenFolder, 'index.json'), 'utf8')) as {
    models: readonly { name: string; dir: string }[];
  };
  const only = process.env['EDGEBENCH_ONLY']?.split(',');
  return index.models.filter(({ name }) => !only || only.includes(name)).map(({ dir }) => new Golden(dir));
}

const FORMATS: Readonly<Record<string, SourceFormat>> = {
  saved_model: 'saved-model',
  saved_model_keras2: 'saved-model',
  keras: 'keras-v3',
  keras_keras2: 'keras-v3',
  h5_keras3: 'keras-h5',
  h5_keras2: 'keras-h5',
  tfjs_layers: 'tfjs-layers',
  tfjs_graph: 'tfjs-graph',
};

/** Our name of the format that the manifest calls `source`. */
export function formatOfSource(source: string): SourceFormat {
  const format = FORMATS[source];
  if (!format) throw new Error(`the golden set has a source '${source}' that the tests do not know`);
  return format;
}

/** Greatest absolute difference of two tensors of one shape and type; NaN counts as infinitely far from a number. */
export function maxAbsDifference(a: Tensor, b: Tensor): number {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join())
    throw new Error(`${a.dtype}[${a.shape.join()}] is compared with ${b.dtype}[${b.shape.join()}]`);
  let most = 0;
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [Number(a.data[i]), Number(b.data[i])];
    const difference = Object.is(x, y) || x === y ? 0 : Math.abs(x - y);
    most = Math.max(most, Number.isNaN(difference) ? Infinity : difference);
  }
  return most;
}
