import type { Json } from '../json';
import type { Config } from './config';

/** A layer as a model's configuration has it, with every call of it. Data only: nothing is looked up or run. */
export interface KerasLayer {
  readonly className: string;
  /** The class that the file names; another one where `className` says the same in a simpler way. */
  readonly savedClass: string;
  /** Python module of the class, where the file tells ('keras.layers'). */
  readonly module: string | undefined;
  readonly name: string;
  /** Names from the model down to this layer. */
  readonly path: string;
  /** "layer 3 of 12 of 'name'". */
  readonly place: string;
  readonly config: Config;
  readonly calls: readonly LayerCall[];
  readonly trainable: boolean;
  /** What a Functional or Sequential layer consists of. */
  readonly model: KerasModel | undefined;
  /** Layers that a wrapper holds, by the attribute that holds them: layer, forward_layer, backward_layer. */
  readonly inner: ReadonlyMap<string, KerasLayer>;
}

export interface KerasModel {
  readonly name: string;
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly TensorKey[];
  readonly outputs: readonly TensorKey[];
}

export interface LayerCall {
  readonly args: readonly Arg[];
  readonly kwargs: ReadonlyMap<string, Arg>;
}

/** Output `tensor` of call number `call` of a layer. */
export interface TensorKey {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}

/** What a layer is called with. */
export type Arg =
  | { readonly kind: 'tensor'; readonly key: TensorKey }
  | { readonly kind: 'list'; readonly items: readonly Arg[] }
  | { readonly kind: 'slice'; readonly start: Arg; readonly stop: Arg; readonly step: Arg }
  | { readonly kind: 'ellipsis' }
  | { readonly kind: 'value'; readonly value: Json };

/** Which Keras wrote the model: some names and defaults differ. */
export interface KerasVersion {
  readonly major: 1 | 2 | 3;
}
