/** Numbers of TFLite's Padding and ActivationFunctionType enums (google-ai-edge/LiteRT tflite/converter/schema/schema.fbs). */
export const PADDING = { SAME: 0, VALID: 1 } as const;

export const FUSED = { NONE: 0, RELU: 1, RELU_N1_TO_1: 2, RELU6: 3, TANH: 4, SIGN_BIT: 5 } as const;

/** Attributes of every operator that can apply an activation to its result. */
export interface FusedAttrs {
  fused_activation_function: number;
}

/** The limits a fused activation clamps to; undefined when it is none, or no clamp. */
export const fusedRange = (activation: number): readonly [low: number, high: number] | undefined => {
  if (activation === FUSED.RELU) return [0, Infinity];
  if (activation === FUSED.RELU_N1_TO_1) return [-1, 1];
  if (activation === FUSED.RELU6) return [0, 6];
  return undefined;
};

/** Applies a fused activation in place. */
export function applyFused(activation: number, data: Float32Array): Float32Array {
  if (activation === FUSED.NONE) return data;
  if (activation === FUSED.TANH) return data.map((x) => Math.tanh(x));
  const range = fusedRange(activation);
  if (!range) throw new Error(`fused activation ${activation} has no kernel`);
  for (let i = 0; i < data.length; i++) data[i] = Math.min(Math.max(data[i] as number, range[0]), range[1]);
  return data;
}
