import type { DType } from '@shared/model/dtype';
import type { SourceFormat } from '@shared/model/source-format';
import type { ConstantData } from './graph/ir';

/**
 * What every reader produces, whatever the container: a graph in TensorFlow's own operator vocabulary. SavedModel and
 * TF.js graph models hold such nodes already; readers of Keras and TF.js layers write each layer as the nodes it means.
 * So there is one lowering, and one set of fusions, for all of them.
 */
export interface SourceGraph {
  readonly format: SourceFormat;
  /** Main graph, by node name, in file order. */
  readonly nodes: ReadonlyMap<string, SourceNode>;
  readonly functions: ReadonlyMap<string, SourceFunction>;
  readonly signatures: readonly SourceSignature[];
  /** Key of the signature that is meant when the user names none. */
  readonly defaultSignature: string;
  /** Contents of resource variables by the name of their VarHandleOp (or VariableV2) node. */
  readonly variables: ReadonlyMap<string, SourceTensor>;
  /** What the reader did that the user should know ("the optimizer's state was left out"). */
  readonly notes: readonly string[];
  /** Closes the files that lazily read constants hold open. */
  close(): void;
}

export interface SourceNode {
  readonly name: string;
  /** TensorFlow's operator name: Conv2D, FusedBatchNormV3, StatefulPartitionedCall ... */
  readonly op: string;
  readonly inputs: readonly SourceRef[];
  readonly attrs: Readonly<Record<string, SourceAttr>>;
  /** Nodes that run before this one without handing it anything (control edges). */
  readonly waitsFor?: readonly string[];
}

/** Output number `output` of node `node` (function arguments are nodes of op `_Arg`, by name). */
export interface SourceRef {
  readonly node: string;
  readonly output: number;
}

export interface SourceFunction {
  readonly name: string;
  readonly args: readonly { readonly name: string; readonly dtype: SourceDType }[];
  readonly nodes: ReadonlyMap<string, SourceNode>;
  /** In order of the function's outputs. */
  readonly outputs: readonly SourceRef[];
  /** The name under which its author says what it computes (`_implements`), and the shapes that it was traced with. */
  readonly interface?: {
    readonly name: string;
    readonly inputShapes: readonly (readonly number[] | undefined)[];
  };
}

export interface SourceSignature {
  readonly key: string;
  readonly inputs: readonly SourcePort[];
  readonly outputs: readonly SourcePort[];
  /** Variables that keep what this signature, or another one of the model, puts into them. */
  readonly state?: readonly SourceState[];
}

/** A variable that a model changes, as a value that goes in and one that comes out. */
export interface SourceState {
  readonly variable: string;
  /** What it holds before the first call. */
  readonly start: SourceTensor;
  /** Stands for what it holds when a call begins. */
  readonly before: SourceRef;
  /** What it holds when a call ends; `before` when that call leaves it alone. */
  readonly after: SourceRef;
}

/** A named input or output of a signature; -1 is a dynamic dimension; shape undefined means unknown rank. */
export interface SourcePort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[] | undefined;
  readonly ref: SourceRef;
}

export interface SourceTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: ConstantData;
}

/** TensorFlow knows types that no tensor of ours can have. */
export type SourceDType = DType | 'resource' | 'variant' | 'other';

export type SourceAttr =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'dtype'; readonly value: SourceDType }
  | { readonly kind: 'shape'; readonly value: readonly number[] | undefined }
  | { readonly kind: 'tensor'; readonly value: SourceTensor }
  | { readonly kind: 'function'; readonly value: string }
  | { readonly kind: 'list'; readonly value: readonly SourceAttr[] };
