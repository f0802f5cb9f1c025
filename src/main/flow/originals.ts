import type { OriginalRuntime } from '@main/ports/original-runtime';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import { JUDGING_RUNTIME_TITLES } from '@shared/model/validation';

/** Originals of every format, each in its own framework: a .tflite file that is to be quantized is one of TensorFlow Lite's. */
export function originalsIn(tensorFlow: OriginalRuntime, tflite: TfliteRuntime): OriginalRuntime {
  return {
    unavailable: () => tensorFlow.unavailable(),
    async run(request, signal) {
      if (request.format !== 'tflite') return tensorFlow.run(request, signal);
      const { modelPath, signature, inputs } = request;
      const { outputs } = await tflite.run(
        { modelPath, ...(signature === undefined ? {} : { signature }), inputs, xnnpack: false },
        signal,
      );
      return { framework: JUDGING_RUNTIME_TITLES[tflite.id], reading: false, outputs };
    },
  };
}
