/**
 * Recurrent layers as single nodes of a SourceGraph: readers of Keras write them, and loops of TensorFlow graphs that are
 * recognised are raised to them; `ops/` lowers them (fused, as a loop, or unrolled) once shapes are known.
 *
 * Operators: `_Lstm`, `_Gru`, `_SimpleRnn`. Weights are in Keras's own layout, all of one float type.
 *
 * Inputs, in this order; those in brackets only when the attribute says so:
 * - x                [batch, time, features], or [time, batch, features] with `time_major`
 * - kernel           [features, gates * units]   gates: LSTM i f c o (4) · GRU z r h (3) · SimpleRNN 1
 * - recurrent_kernel [units, gates * units]
 * - (use_bias)       bias [gates * units]; GRU with `reset_after`: [2, 3 * units], input bias then recurrent bias
 * - (has_state)      initial h [batch, units], and for LSTM initial c [batch, units]; zeros otherwise
 * - (has_mask)       mask, bool [batch, time] (or [time, batch]): a step that is false repeats the previous output and state
 *
 * Attributes (booleans are false when left out):
 * - units                int
 * - steps                int, optional: go through the first so many steps only (of x as it is processed)
 * - activation, recurrent_activation   string, a name of RNN_ACTIVATIONS; SimpleRNN has no recurrent one
 * - use_bias, has_state, has_mask, go_backwards, return_sequences, time_major, reset_after, unroll, return_state,
 *   zero_output_for_mask  bool
 *
 * Outputs:
 * - 0  with `return_sequences` all outputs, in the layout of x and in the order of processing (so reversed in time with
 *      `go_backwards`, as Keras gives them); otherwise the last output [batch, units]
 * - 1  the last h [batch, units], only with `return_state`
 * - 2  LSTM only: the last c [batch, units], only with `return_state`
 */
export const RNN_OPS = ['_Lstm', '_Gru', '_SimpleRnn'] as const;
export type RnnOp = (typeof RNN_OPS)[number];

/**
 * Activations by name. `hard_sigmoid` is relu6(x + 3) / 6 as in Keras 3, `hard_sigmoid_keras2` is clip(0.2 x + 0.5, 0, 1).
 */
export const RNN_ACTIVATIONS = [
  'linear',
  'tanh',
  'sigmoid',
  'relu',
  'relu6',
  'elu',
  'softplus',
  'softsign',
  'exponential',
  'silu',
  'hard_sigmoid',
  'hard_sigmoid_keras2',
] as const;
export type RnnActivation = (typeof RNN_ACTIVATIONS)[number];

/** Gates per unit, hence the columns of the kernels over units. */
export const RNN_GATES: Readonly<Record<RnnOp, number>> = { _Lstm: 4, _Gru: 3, _SimpleRnn: 1 };
