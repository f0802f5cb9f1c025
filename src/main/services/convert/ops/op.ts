import type { DType, TypedArray } from '@shared/model/dtype';
import type { Attrs, ConstantData, Graph, Op, TensorType, Value } from '../graph/ir';
import type { SourceNode } from '../source';

/** How one field of a TFLite options table is stored; its slot is its place in the list. */
export type OptionKind =
  | 'int8'
  | 'uint8'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'float32'
  | 'bool'
  | 'string'
  | 'int32[]'
  | 'float32[]'
  /** An attribute that is a Graph, written as the int32 index of its subgraph. */
  | 'graph'
  | 'deprecated';

/**
 * The options table of an operator as data: `union` is its number in the BuiltinOptions union of TFLite's schema, `fields`
 * its slots in order, named as the attributes are. A field equal to its default is not stored.
 */
export interface OptionsSchema<A extends Attrs> {
  readonly union: number;
  readonly fields: readonly (
    | readonly [name: keyof A & string, kind: OptionKind, defaultValue?: number | boolean]
    | readonly [name: '-', kind: 'deprecated']
  )[];
}

/** (scale, zero point) that a kernel demands whatever the data. */
export type FixedScale = readonly [scale: number, zeroPoint: number];

/**
 * What quantization needs to know of an operator, as data (rules and sources: docs/quantization.md).
 * Operands not listed in `operands` (shapes, axes, masks, indices) are never quantized.
 */
export interface QuantizationFacts {
  /**
   * free: outputs calibrated · same: operands and outputs share one scale · fixed: output scale given by the kernel ·
   * float: no integer kernel, stays float between DEQUANTIZE and QUANTIZE · transparent: works on any type, never rescales
   */
  readonly rule: 'free' | 'same' | 'fixed' | 'float' | 'transparent';
  /** Indices of activation operands; 'all' for variadic ones. */
  readonly operands?: readonly number[] | 'all';
  /** The kernel ends the process when its output's scale is below this share of an operand's. */
  readonly leastScale?: number;
  /** Indices of outputs that are quantized; all when left out. */
  readonly outputs?: readonly number[];
  readonly int8?: FixedScale;
  readonly int16?: FixedScale;
  /** Weights: operand index, axis of the per-channel scales, operand index of the bias. */
  readonly weights?: {
    readonly operand: number;
    readonly axis: number;
    readonly bias?: number;
    /** The first runtime that is right with several scales beside integer activations, where others load such a file. */
    readonly perChannelSince?: string;
  };
  /**
   * With the rule `same`: every element of the output is the least or greatest of some of the operands', so those may
   * saturate at the range that it takes ('extremum'), or a mean of them, so they may not ('mean'); otherwise one of them.
   */
  readonly picks?: 'extremum' | 'mean';
  /** False when there is no 16x8 kernel; the operator then stays float in that mode. */
  readonly int16Kernel: boolean;
  /** The kernel takes float activations with int8 weights ('compute'), or the weights are dequantized first ('weight-only'). */
  readonly dynamicRange?: 'compute' | 'weight-only';
  /** Operand numbers of a layer of LSTM, whose integer form has states and intermediates, too. */
  readonly lstm?: LstmOperands;
  /** The operator does nothing but round its operand to this range's steps, as it was trained to be quantized. */
  trainedRange?(op: Op): { readonly min: number; readonly max: number };
  /** All weights of a kernel that takes them as int8 together or not at all, one scale each (LSTM). */
  readonly allWeights?: readonly number[];
}

/** Each group in the order input, forget, cell, output gate. */
export interface LstmOperands {
  readonly weights: readonly number[];
  readonly recurrent: readonly number[];
  /** There is none for the cell gate. */
  readonly peepholes: readonly number[];
  readonly biases: readonly number[];
  readonly projection: number;
  readonly projectionBias: number;
  readonly outputState: number;
  readonly cellState: number;
  readonly layerNorm: readonly number[];
}

/** The version an operator is written with and the first TFLite runtime that has it. */
export interface OpVersion {
  readonly version: number;
  readonly since: string;
}

export interface ConstantTensor extends TensorType {
  readonly data: TypedArray;
}

/** One TFLite operator: everything that is known of it, in one place. */
export interface OpDefinition<A extends Attrs = Attrs> {
  /** Name in TFLite's BuiltinOperator enum. */
  readonly type: string;
  /** Number in that enum. */
  readonly code: number;
  readonly options?: OptionsSchema<A>;
  /** Types of the outputs, from operands and attributes. Throws an Error that says what does not fit. */
  infer(op: Op<A>): readonly TensorType[];
  /** Version for the operand types it has (after quantization, too). */
  version(op: Op<A>): OpVersion;
  readonly quantization: QuantizationFacts;
  /**
   * Computes the outputs from constant operands (null for an absent one); left out where it never pays, undefined for
   * operands it does not know how to. The outputs' types are known already.
   */
  fold?(inputs: readonly (ConstantTensor | null)[], op: Op<A>): readonly TypedArray[] | undefined;
  /** What is known of a shape-like output (see Value.shapeElements) although not all operands are constant. */
  shapeElements?(op: Op<A>): Value['shapeElements'];
  /** The operand that the output always equals, when there is one (RESHAPE to the same shape): then it can go. */
  identity?(op: Op<A>): Value | undefined;
  /** Has state, an effect, or another result each time: never folded, merged with its like, or dropped. */
  readonly stateful?: boolean;
  /** TensorFlow operators that become this one (perhaps with others around it). */
  readonly lower?: Lowerings;
}

/**
 * TensorFlow operators that become others, by name: the `lower` of a definition, or what a file in ops/ exports as
 * `lowerings` when no TFLite operator of its own belongs to them.
 */
export type Lowerings = Readonly<Record<string, Lowering>>;

/** Turns one TensorFlow node into operators; returns a value per output of the node that is used. */
export type Lowering = (context: LowerContext) => readonly Value[] | Value;

/**
 * An argument of a function that is lowered to a graph. One with `constant` is that constant inside of the graph, and no
 * input of it (loop-invariant weights); a Value may be given as it is.
 */
export interface FunctionArgument extends TensorType {
  readonly constant?: ConstantData | undefined;
}

/** What a lowering sees of its surroundings. */
export interface LowerContext {
  readonly node: SourceNode;
  readonly graph: Graph;
  /** Number of operands of the node. */
  readonly inputCount: number;
  input(index: number): Value;
  /** Values of the operand at `index` when it is a constant; undefined otherwise. */
  constant(index: number): ConstantTensor | undefined;
  /** Same, as plain numbers, for operands that must be constant (axes, paddings); refuses the node if it is not. */
  constantInts(index: number): readonly number[];
  /** Attributes, by type; `fallback` is used when the node does not have it, and without one its absence refuses the node. */
  int(name: string, fallback?: number): number;
  float(name: string, fallback?: number): number;
  bool(name: string, fallback?: boolean): boolean;
  string(name: string, fallback?: string): string;
  dtype(name: string, fallback?: DType): DType;
  ints(name: string, fallback?: readonly number[]): readonly number[];
  strings(name: string, fallback?: readonly string[]): readonly string[];
  /** Name of the function that an attribute refers to. */
  functionName(name: string): string;
  /** A new constant. Scalars have shape []. */
  scalar(dtype: DType, value: number): Value;
  tensor(tensor: ConstantTensor, name?: string): Value;
  ints32(values: readonly number[], shape?: readonly number[]): Value;
  /** A new constant over data that may be read lazily. */
  constantOf(type: TensorType, data: ConstantData, name?: string): Value;
  /**
   * Adds an operator (its type from the registry), infers its outputs and folds it at once when all operands are constant
   * and the result is small. Returns its outputs.
   */
  emit(type: string, attrs: Attrs, inputs: readonly (Value | null)[], name?: string): readonly Value[];
  /** Same for operators with one output. */
  emit1(type: string, attrs: Attrs, inputs: readonly (Value | null)[], name?: string): Value;
  /** The same node with its operators added to another graph: a body that is being built. */
  within(graph: Graph): LowerContext;
  /** Lowers one of the model's functions (body of While, branch of If) to a graph of its own. */
  lowerFunction(name: string, args: readonly FunctionArgument[]): Graph;
  /** Refuses the node with a reason that names what is not supported and what the user can do. */
  refuse(reason: string): never;
}

/** Identity function that gives a definition its attribute type. */
export const defineOp = <A extends Attrs>(definition: OpDefinition<A>): OpDefinition<A> => definition;

/** Narrows an operator to a definition's attributes. */
export const isOp = <A extends Attrs>(op: Op | undefined, definition: OpDefinition<A>): op is Op<A> =>
  op?.type === definition.type;
