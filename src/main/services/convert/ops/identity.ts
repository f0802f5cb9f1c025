import type { Lowering, Lowerings } from './op';

const first: Lowering = (context) => context.input(0);

const all: Lowering = (context) => Array.from({ length: context.inputCount }, (_, i) => context.input(i));

const nothing: Lowering = () => [];

/** Nodes that matter to training, debugging or TensorFlow's executor, and pass their operands through at inference. */
export const lowerings: Lowerings = {
  Identity: first,
  StopGradient: first,
  PreventGradient: first,
  CheckNumerics: first,
  CheckNumericsV2: first,
  Snapshot: first,
  DebugIdentity: first,
  DebugIdentityV2: first,
  DebugIdentityV3: first,
  EnsureShape: first,
  PlaceholderWithDefault: first,
  OptimizationBarrier: first,
  IdentityN: all,
  NoOp: nothing,
  Assert: nothing,
  Print: first,
  PrintV2: nothing,
};
