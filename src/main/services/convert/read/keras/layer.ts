import type { Json } from '../json';
import type { Config } from './config';
import type { KerasLayer } from './model';
import type { NodeWriter, Sym } from './nodes/writer';

/** A variable of a layer. Order is that of creation; containers store trainable ones first. */
export interface WeightSpec {
  /** Unique within the layer: 'kernel', 'query/kernel'. */
  readonly name: string;
  /** Left out: trainable, as far as the layer is. */
  readonly trainable?: false;
  /** Attribute of the layer that holds it in a .keras file when it is a part's: 'cell', 'query_dense'. */
  readonly part?: string;
}

/** One value of a call's arguments: a tensor, plain data, or a list of these. */
export type Value =
  | { readonly kind: 'tensor'; readonly sym: Sym }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'slice'; readonly start: Value; readonly stop: Value; readonly step: Value }
  | { readonly kind: 'ellipsis' }
  | { readonly kind: 'value'; readonly value: Json };

/** What a layer's writer sees of one call. */
export interface LayerContext {
  readonly layer: KerasLayer;
  readonly config: Config;
  readonly kerasMajor: number;
  readonly w: NodeWriter;
  readonly args: readonly Value[];
  readonly kwargs: ReadonlyMap<string, Value>;
  /** Tensors among the positional arguments, lists flattened. */
  readonly inputs: readonly Sym[];
  /** Input number `index` (0 when left out); its absence refuses the layer. */
  input(index?: number): Sym;
  /** The tensor given by keyword, if there is one. */
  keyword(name: string): Sym | undefined;
  /** A variable as a constant node; its absence refuses the layer. `shape` gives its elements another shape, `factor` multiplies them. */
  weight(name: string, shape?: readonly number[], factor?: number): Sym;
  hasWeight(name: string): boolean;
  /** Values of a variable that the writer itself has to compute with. */
  weightValues(name: string): Float32Array;
  /** Writes another layer (what a wrapper wraps) with these operands. */
  call(layer: KerasLayer, inputs: readonly Sym[]): readonly Sym[];
  refuse(reason: string): never;
}

/** How one class of layers is written as TensorFlow nodes. */
export interface LayerDefinition {
  weights?(layer: KerasLayer): readonly WeightSpec[];
  write(context: LayerContext): Sym | readonly Sym[];
  /** True when the mask of its (first) input goes on to its output. */
  readonly keepsMask?: boolean;
  /** True when it reads the mask itself; without either, a mask ends here, as in Keras. */
  readonly usesMask?: boolean;
}

export type LayerTable = Readonly<Record<string, LayerDefinition>>;

/** Tensors of an argument list in order, lists flattened. */
export function tensorsIn(values: readonly Value[]): Sym[] {
  return values.flatMap((value) => {
    if (value.kind === 'tensor') return [value.sym];
    return value.kind === 'list' ? tensorsIn(value.items) : [];
  });
}
