import type { DType } from '@shared/model/dtype';
import { isJsonArray, type Json } from '../../json';
import type { LayerContext, Value } from '../layer';
import type { Sym } from '../nodes/writer';

/** A function called on tensors outside of any layer: keras.ops.x(...) in Keras 3, tf.x(...) in Keras 2. */
export type Operation = (o: OperationCall) => Sym | readonly Sym[];

/** Arguments of such a call, wherever they stand: by position, by keyword, or in the configuration of Keras 3's Operation. */
export class OperationCall {
  readonly c: LayerContext;

  constructor(c: LayerContext) {
    this.c = c;
  }

  /** Argument number `index`, or one of these names; null counts as absent. */
  find(index: number, ...names: readonly string[]): Value | undefined {
    const { args, kwargs, config } = this.c;
    const named = names.map((name) => kwargs.get(name)).find((value) => value && !isNull(value));
    if (named) return named;
    const placed = index >= 0 ? args[index] : undefined;
    if (placed && !isNull(placed)) return placed;
    const json = names.map((name) => config.get(name)).find((value) => value !== undefined);
    return json === undefined ? undefined : { kind: 'value', value: json };
  }

  /** A tensor operand; numbers and lists of numbers become constants of type `like`. */
  tensor(index: number, names: readonly string[], like?: DType): Sym {
    const value =
      this.find(index, ...names) ?? this.c.refuse(`its operand '${names[0] ?? index}' is missing`);
    return this.toTensor(value, like ?? this.c.inputs[0]?.dtype ?? 'float32');
  }

  toTensor(value: Value, dtype: DType): Sym {
    if (value.kind === 'tensor') return value.sym;
    const json = this.plain(value);
    const flat = flatNumbers(json) ?? this.c.refuse('one of its operands is neither a tensor nor numbers');
    const shape = shapeOf(json);
    const count = shape.reduce((a, b) => a * b, 1);
    if (count !== flat.length) this.c.refuse('one of its operands is a list of uneven lists');
    const whole = dtype !== 'float32' && flat.every((each) => Number.isInteger(each));
    return whole ? this.c.w.ints(flat, shape) : this.c.w.floats(flat, shape);
  }

  /** Plain data of an argument; tensors in it refuse the layer. */
  plain(value: Value): Json {
    if (value.kind === 'value') return value.value;
    if (value.kind === 'list') return value.items.map((item) => this.plain(item));
    return this.c.refuse('one of its settings is a tensor that is computed at run time');
  }

  number(index: number, names: readonly string[], fallback?: number): number {
    const value = this.find(index, ...names);
    const json = value === undefined ? fallback : this.plain(value);
    return typeof json === 'number'
      ? json
      : this.c.refuse(`its setting '${names[0] ?? index}' has to be a number`);
  }

  bool(index: number, names: readonly string[], fallback: boolean): boolean {
    const value = this.find(index, ...names);
    return value === undefined ? fallback : this.plain(value) === true;
  }

  text(index: number, names: readonly string[], fallback: string): string {
    const value = this.find(index, ...names);
    const json = value === undefined ? fallback : this.plain(value);
    return typeof json === 'string'
      ? json
      : this.c.refuse(`its setting '${names[0] ?? index}' has to be a text`);
  }

  /** A list of whole numbers, a single one as a list of one; undefined when absent. */
  ints(index: number, ...names: readonly string[]): readonly number[] | undefined {
    const value = this.find(index, ...names);
    if (value === undefined) return undefined;
    const flat = flatNumbers(this.plain(value));
    if (!flat || flat.some((each) => !Number.isSafeInteger(each)))
      return this.c.refuse(`its setting '${names[0] ?? index}' has to be whole numbers`);
    return flat;
  }

  /** Operands that are given as one list. */
  list(index: number, ...names: readonly string[]): readonly Sym[] {
    const value = this.find(index, ...names);
    if (value?.kind === 'tensor') return [value.sym];
    if (value?.kind !== 'list') return this.c.refuse('it needs a list of tensors');
    const like = this.c.inputs[0]?.dtype ?? 'float32';
    return value.items.map((item) => this.toTensor(item, like));
  }
}

const isNull = (value: Value): boolean => value.kind === 'value' && value.value === null;

function flatNumbers(json: Json): number[] | undefined {
  if (typeof json === 'number') return [json];
  if (typeof json === 'boolean') return [Number(json)];
  if (!isJsonArray(json)) return undefined;
  const parts = json.map(flatNumbers);
  return parts.every((part): part is number[] => part !== undefined) ? parts.flat() : undefined;
}

function shapeOf(json: Json): number[] {
  return isJsonArray(json) ? [json.length, ...(json.length > 0 ? shapeOf(json[0] ?? null) : [])] : [];
}
