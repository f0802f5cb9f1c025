import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import { AppError, isAppError } from '@shared/error/app-error';
import type { NamedTensors, Tensor } from '@shared/model/tensor';
import type { RuntimeVerdict } from '@shared/model/validation';
import { encodeFor, realValues } from './real-values';
import { perSample, type Outputs, type SampleValues } from './sample-values';
import type { VariantInterface } from './variant-interface';

export interface VariantFiles {
  readonly variantPath: string;
  readonly interface: VariantInterface;
  /** The float32 conversion; undefined when the variant is that itself. */
  readonly float32Path: string | undefined;
}

/** One runtime while a variant is judged on it: once it has failed it is not asked again. */
export class RuntimeSide {
  readonly runtime: TfliteRuntime;
  readonly #files: VariantFiles;
  #ended: RuntimeVerdict | undefined;
  #isFirst = true;
  #hasFloat32 = true;

  constructor(runtime: TfliteRuntime, files: VariantFiles) {
    this.runtime = runtime;
    this.#files = files;
  }

  /** Why it could not judge the variant; undefined when it could. */
  get ended(): RuntimeVerdict | undefined {
    return this.#ended;
  }

  /** Runs both files and hands their answers on. AppErrors, those of `use` too, end it: the variant is refused. */
  async run(
    inputs: NamedTensors,
    signal: AbortSignal | undefined,
    use: (float32: Outputs | undefined, variant: SampleValues) => void,
  ): Promise<void> {
    const { id } = this.runtime;
    if (this.#isFirst) {
      this.#isFirst = false;
      const why = await this.runtime.unavailable();
      if (why !== undefined) this.#ended = { runtime: id, verdict: 'not-run', reason: why };
    }
    if (this.#ended) return;
    try {
      use(await this.#float32(inputs, signal), await this.#variant(inputs, signal));
    } catch (error) {
      if (!isAppError(error) || error.code === 'cancelled') throw error;
      this.#ended = { runtime: id, verdict: 'refused', reason: error.message };
    }
  }

  /** The middle stage is left out where this runtime does not run the float32 conversion: that is not the variant's fault. */
  async #float32(inputs: NamedTensors, signal: AbortSignal | undefined): Promise<Outputs | undefined> {
    const { float32Path, interface: ports } = this.#files;
    if (float32Path === undefined || !this.#hasFloat32) return undefined;
    const request = { modelPath: float32Path, signature: ports.key, inputs, xnnpack: false };
    try {
      return (await this.runtime.run(request, signal)).outputs;
    } catch (error) {
      if (!isAppError(error) || error.code === 'cancelled') throw error;
      this.#hasFloat32 = false;
      return undefined;
    }
  }

  async #variant(inputs: NamedTensors, signal: AbortSignal | undefined): Promise<SampleValues> {
    const { variantPath, interface: ports } = this.#files;
    const encoded: Record<string, Tensor> = {};
    for (const [i, port] of ports.inputs.entries()) {
      const tensor = inputs[port.name] ?? Object.values(inputs)[i];
      if (!tensor)
        throw new AppError('data.invalid', `The data has nothing for the variant's input '${port.name}'.`);
      encoded[port.name] = encodeFor(tensor, port.dtype, port.quantization);
    }
    const request = { modelPath: variantPath, signature: ports.key, inputs: encoded, xnnpack: false };
    const { outputs } = await this.runtime.run(request, signal);
    return Object.fromEntries(
      ports.outputs.map(({ name, quantization }) => {
        const tensor = outputs[name];
        if (!tensor) throw new AppError('runtime.failed', `The runtime gave no output '${name}'.`);
        return [name, perSample(tensor, realValues(tensor, quantization))];
      }),
    );
  }
}
