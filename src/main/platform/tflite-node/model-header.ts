import { AppError } from '@shared/error/app-error';

/** What has to be known of a .tflite file that a runtime without signatures is to run. */
export interface ModelHeader {
  readonly graphs: readonly HeaderGraph[];
  readonly signatures: readonly HeaderSignature[];
}

export interface HeaderGraph {
  /** Tensor indices of the inputs and outputs, in order, and all tensors' names. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly tensorNames: readonly string[];
  /** All tensors' shapes as the file has them, and whether it says that one is not known before it runs. */
  readonly shapes: readonly (readonly number[])[];
  readonly dynamic: readonly boolean[];
  /** It keeps state between runs. */
  readonly stateful: boolean;
}

export interface HeaderSignature {
  readonly key: string;
  readonly subgraph: number;
  /** Tensor index by name. */
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: ReadonlyMap<string, number>;
}

// Field numbers of the tables, from tflite/converter/schema/schema.fbs.
const MODEL = { subgraphs: 2, signatureDefs: 7 };
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2 };
const TENSOR = { shape: 0, name: 3, isVariable: 5, shapeSignature: 7 };
const SIGNATURE = { inputs: 0, outputs: 1, key: 2, subgraph: 4 };
const TENSOR_MAP = { name: 0, tensor: 1 };

/** Reads tables of a FlatBuffer; every access outside the file throws a RangeError. */
class Tables {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get root(): number {
    return this.follow(0);
  }

  follow(at: number): number {
    return at + this.u32(at);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  i32(at: number): number {
    return this.#view.getInt32(at, true);
  }

  byte(at: number): number {
    return this.#view.getUint8(at);
  }

  /** Where a field is, or undefined when it is left out. */
  field(table: number, number: number): number | undefined {
    const vtable = table - this.i32(table);
    const slot = 4 + 2 * number;
    if (slot + 2 > this.#view.getUint16(vtable, true)) return undefined;
    const offset = this.#view.getUint16(vtable + slot, true);
    return offset === 0 ? undefined : table + offset;
  }

  /** Positions of a vector's four-byte elements. */
  vector(table: number, number: number): number[] {
    const at = this.field(table, number);
    if (at === undefined) return [];
    const start = this.follow(at);
    const count = this.u32(start);
    if (count * 4 > this.#bytes.length - start) throw new RangeError('a vector is longer than the file');
    return Array.from({ length: count }, (_, i) => start + 4 + 4 * i);
  }

  text(table: number, number: number): string {
    const at = this.field(table, number);
    if (at === undefined) return '';
    const start = this.follow(at);
    const end = start + 4 + this.u32(start);
    if (end > this.#bytes.length) throw new RangeError('a text is longer than the file');
    return new TextDecoder().decode(this.#bytes.subarray(start + 4, end));
  }
}

/** Throws `model.unreadable` when the file's tables lead outside of it. */
export function readModelHeader(bytes: Uint8Array): ModelHeader {
  try {
    const tables = new Tables(bytes);
    const graphs = tables
      .vector(tables.root, MODEL.subgraphs)
      .map((at) => graphAt(tables, tables.follow(at)));
    if (graphs.length === 0) throw new RangeError('there is no graph');
    const signatures = tables
      .vector(tables.root, MODEL.signatureDefs)
      .map((at) => signatureAt(tables, tables.follow(at)));
    if (signatures.some(({ subgraph }) => subgraph >= graphs.length))
      throw new RangeError('a signature is of a graph that is not there');
    return { graphs, signatures };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AppError('model.unreadable', `The file is no valid TFLite model: ${cause.message}.`, { cause });
  }
}

function graphAt(tables: Tables, graph: number): HeaderGraph {
  const tensors = tables.vector(graph, SUBGRAPH.tensors).map((at) => tables.follow(at));
  return {
    inputs: tables.vector(graph, SUBGRAPH.inputs).map((at) => tables.i32(at)),
    outputs: tables.vector(graph, SUBGRAPH.outputs).map((at) => tables.i32(at)),
    tensorNames: tensors.map((tensor) => tables.text(tensor, TENSOR.name)),
    shapes: tensors.map((tensor) => tables.vector(tensor, TENSOR.shape).map((at) => tables.i32(at))),
    dynamic: tensors.map((tensor) =>
      tables.vector(tensor, TENSOR.shapeSignature).some((at) => tables.i32(at) < 0),
    ),
    stateful: tensors.some((tensor) => {
      const at = tables.field(tensor, TENSOR.isVariable);
      return at !== undefined && tables.byte(at) !== 0;
    }),
  };
}

function signatureAt(tables: Tables, table: number): HeaderSignature {
  const subgraph = tables.field(table, SIGNATURE.subgraph);
  const names = (number: number): Map<string, number> =>
    new Map(
      tables.vector(table, number).map((at) => {
        const entry = tables.follow(at);
        const tensor = tables.field(entry, TENSOR_MAP.tensor);
        return [tables.text(entry, TENSOR_MAP.name), tensor === undefined ? 0 : tables.u32(tensor)];
      }),
    );
  return {
    key: tables.text(table, SIGNATURE.key),
    subgraph: subgraph === undefined ? 0 : tables.u32(subgraph),
    inputs: names(SIGNATURE.inputs),
    outputs: names(SIGNATURE.outputs),
  };
}

/**
 * A copy of the file for a runtime that knows neither signatures nor resizing: one graph is put first, where such a runtime looks
 * for it, and tensors of it get the shapes that are wanted; the runtime derives the rest when it loads the model. New shapes go to
 * the end: the old ones may be shared.
 */
export function arranged(
  bytes: Uint8Array,
  subgraph: number,
  shapes: ReadonlyMap<number, readonly number[]>,
): Uint8Array {
  const room = [...shapes.values()].reduce((sum, shape) => sum + 4 + 4 * shape.length, 4);
  const copy = new Uint8Array(bytes.length + room);
  copy.set(bytes);
  const tables = new Tables(copy);
  const view = new DataView(copy.buffer);
  const slots = tables.vector(tables.root, MODEL.subgraphs);
  const [first, wanted] = [slots[0] as number, slots[subgraph] as number];
  const [firstGraph, graph] = [tables.follow(first), tables.follow(wanted)];
  view.setUint32(wanted, firstGraph - wanted, true);
  view.setUint32(first, graph - first, true);
  const tensors = tables.vector(graph, SUBGRAPH.tensors);
  let end = Math.ceil(bytes.length / 4) * 4;
  for (const [tensor, shape] of shapes) {
    const field = tables.field(tables.follow(tensors[tensor] as number), TENSOR.shape);
    if (field === undefined) continue;
    view.setUint32(field, end - field, true);
    view.setUint32(end, shape.length, true);
    for (const [i, size] of shape.entries()) view.setInt32(end + 4 + 4 * i, size, true);
    end += 4 + 4 * shape.length;
  }
  return copy;
}
