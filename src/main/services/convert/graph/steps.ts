import type { ConstantData } from './ir';

/** Work on one constant in pieces: whoever drives it may let others run, or give up, at each yield. */
export type Steps = Generator<void, Uint8Array, void>;

/** Bytes to work on between two yields; some ten milliseconds. */
export const STEP_BYTES = 1 << 23;

/** Does all of it at once. */
export function finish(steps: Steps): Uint8Array {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** A constant that is read, or made from others, in steps. */
export const steppedData = (byteLength: number, steps: () => Steps): ConstantData => ({
  byteLength,
  bytes: () => finish(steps()),
  steps,
});

/** A constant's bytes in steps; a single one where it can only be read at once. */
export function* stepsOf(data: ConstantData): Steps {
  return data.steps ? yield* data.steps() : data.bytes();
}
