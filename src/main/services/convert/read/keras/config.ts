import { fieldOf, isJsonArray, type Json, type JsonObject } from '../json';
import { LayerRefusal } from './refusal';

/** Typed reading of a layer's configuration. What is missing or of another kind refuses the layer. */
export class Config {
  readonly json: JsonObject;

  constructor(json: JsonObject) {
    this.json = json;
  }

  /** The raw value; null and absent are both undefined. */
  get(name: string): Json | undefined {
    return fieldOf(this.json, name) ?? undefined;
  }

  int(name: string, fallback?: number): number {
    const value = this.number(name, fallback);
    return Number.isSafeInteger(value) ? value : this.#wrong(name, 'a whole number');
  }

  number(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    return typeof value === 'number' ? value : this.#wrong(name, 'a number');
  }

  bool(name: string, fallback: boolean): boolean {
    const value = this.get(name) ?? fallback;
    return typeof value === 'boolean' ? value : this.#wrong(name, 'true or false');
  }

  string(name: string, fallback?: string): string {
    const value = this.get(name) ?? fallback;
    return typeof value === 'string' ? value : this.#wrong(name, 'a text');
  }

  /** A list of whole numbers; one number stands for `rank` equal ones. */
  ints(name: string, rank?: number, fallback?: number): readonly number[] {
    const value = this.get(name) ?? fallback;
    const list = typeof value === 'number' && rank !== undefined ? Array<number>(rank).fill(value) : value;
    if (!isJsonArray(list) || (rank !== undefined && list.length !== rank))
      return this.#wrong(name, 'a list of numbers');
    return list.map((item) =>
      Number.isSafeInteger(item) ? (item as number) : this.#wrong(name, 'whole numbers'),
    );
  }

  /** True for data in Keras's `channels_first` order. */
  get channelsFirst(): boolean {
    return this.get('data_format') === 'channels_first';
  }

  #wrong(name: string, wanted: string): never {
    throw new LayerRefusal(`its setting '${name}' has to be ${wanted}`);
  }
}
