import type { OriginalRuntime } from '@main/ports/original-runtime';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import { AppError, isAppError } from '@shared/error/app-error';
import type { Precision } from '@shared/model/recipe';
import type { SourceFormat } from '@shared/model/source-format';
import type { NamedTensors, Signature, Tensor } from '@shared/model/tensor';
import type {
  RuntimeVerdict,
  ValidationMarks,
  ValidationReport,
  ValidationStage,
} from '@shared/model/validation';
import { interfaceDifferences } from './interface-differences';
import { indexOfMax, looksLikeScores, OutputErrorSum } from './output-error';
import { encodeFor, realValues } from './real-values';
import type { VariantInterface } from './variant-interface';

/** Bytes of inputs that are held at once; each batch starts the runtimes anew, so small ones would be slow. */
const BATCH_BYTES = 32 * 2 ** 20;
const MAX_BATCH = 1000;

export interface SampleSource {
  readonly description: string;
  readonly count: number;
  readonly random: boolean;
  readonly labels: Int32Array | undefined;
  slice(start: number, end: number): Promise<NamedTensors>;
}

export interface ValidateTools {
  readonly original: OriginalRuntime;
  readonly runtimes: readonly TfliteRuntime[];
}

export interface ValidateRequest {
  readonly original: { readonly path: string; readonly format: SourceFormat; readonly signature: Signature };
  /** The float32 conversion, for the budget's middle stage; left out when the variant is that itself. */
  readonly float32Path?: string;
  readonly variant: {
    readonly path: string;
    readonly precision: Precision;
    readonly interface: VariantInterface;
  };
  readonly data: SampleSource;
  readonly maxSamples: number;
  readonly marks: ValidationMarks;
  readonly onProgress?: (done: number, total: number) => void;
}

type Outputs = Readonly<Record<string, Tensor>>;

/** Runs the original, its float32 conversion and the variant on the same samples and compares them, stage by stage. */
export async function validateVariant(
  request: ValidateRequest,
  tools: ValidateTools,
  signal?: AbortSignal,
): Promise<ValidationReport> {
  const { original, variant, data, marks } = request;
  const samples = Math.min(data.count, request.maxSamples);
  const differences = interfaceDifferences(original.signature, variant.interface);
  const reasons = differences
    .filter((d) => d.explanation === undefined)
    .map((d) => `${d.tensor}: ${d.what}.`);
  const warnings: string[] = [];
  const whyNoOriginal = await tools.original.unavailable();
  if (whyNoOriginal !== undefined) warnings.push(`The original could not be run: ${whyNoOriginal}`);
  const budget = new Budget(request, samples);
  const verdicts = new Map(
    tools.runtimes.map((runtime) => [runtime, undefined as RuntimeVerdict | undefined]),
  );
  let runsOriginal = whyNoOriginal === undefined;

  const batch = await batchSize(data, samples);
  for (let start = 0; start < samples; start += batch) {
    signal?.throwIfAborted();
    const inputs = await data.slice(start, Math.min(start + batch, samples));
    let originalOutputs: Outputs | undefined;
    if (runsOriginal) {
      try {
        const run = await tools.original.run(
          { modelPath: original.path, format: original.format, signature: original.signature.key, inputs },
          signal,
        );
        originalOutputs = run.outputs;
        budget.framework = run.framework;
      } catch (error) {
        if (!isAppError(error) || error.code === 'cancelled') throw error;
        runsOriginal = false;
        warnings.push(`The original could not be run in its own framework: ${error.message}`);
      }
    }
    const [reference] = tools.runtimes;
    const floatOutputs =
      request.float32Path === undefined || !reference
        ? undefined
        : await runFloat(reference, request.float32Path, variant.interface, inputs, signal);
    for (const [runtime, verdict] of verdicts) {
      if (verdict) continue;
      const unavailable = start === 0 ? await runtime.unavailable() : undefined;
      if (unavailable !== undefined) {
        verdicts.set(runtime, { runtime: runtime.id, verdict: 'not-run', reason: unavailable });
        continue;
      }
      try {
        const outputs = await runVariant(runtime, variant.path, variant.interface, inputs, signal);
        budget.add(runtime, originalOutputs, floatOutputs, outputs, start);
      } catch (error) {
        if (!isAppError(error) || error.code === 'cancelled') throw error;
        verdicts.set(runtime, { runtime: runtime.id, verdict: 'refused', reason: error.message });
      }
    }
    request.onProgress?.(Math.min(start + batch, samples), samples);
  }

  const runtimes = tools.runtimes.map((runtime) => verdicts.get(runtime) ?? budget.verdict(runtime, marks));
  const main = runtimes[0];
  if (main && main.verdict !== 'right') reasons.push(`${main.runtime}: ${main.reason}`);
  const accuracy = budget.accuracy(tools.runtimes[0]);
  if (accuracy && accuracy.after < accuracy.before * marks.minAccuracyRatio)
    reasons.push(
      `Accuracy fell from ${(accuracy.before * 100).toFixed(1)} % to ${(accuracy.after * 100).toFixed(1)} %, below ${(marks.minAccuracyRatio * 100).toFixed(0)} % of the original's.`,
    );
  const comparable = budget.isComparable(tools.runtimes[0]);
  if (!comparable && reasons.length === 0)
    reasons.push(warnings[0] ?? 'There was nothing to compare the variant with.');
  return {
    status:
      !comparable && main?.verdict !== 'wrong' && main?.verdict !== 'refused'
        ? 'not-validated'
        : reasons.length > 0
          ? 'failed'
          : 'passed',
    reasons,
    interfaceDifferences: differences,
    stages: budget.stages(tools.runtimes),
    ...(accuracy ? { accuracy } : {}),
    runtimes,
    marks,
    data: { description: data.description, samples, random: data.random },
    warnings,
  };
}

async function batchSize(data: SampleSource, samples: number): Promise<number> {
  if (samples === 0) return 1;
  const first = await data.slice(0, 1);
  const bytes = Object.values(first).reduce((sum, tensor) => sum + tensor.data.byteLength, 0);
  return Math.max(1, Math.min(MAX_BATCH, Math.floor(BATCH_BYTES / Math.max(1, bytes))));
}

async function runVariant(
  runtime: TfliteRuntime,
  modelPath: string,
  variant: VariantInterface,
  inputs: NamedTensors,
  signal: AbortSignal | undefined,
): Promise<Record<string, Float64Array[]>> {
  const encoded: Record<string, Tensor> = {};
  for (const [i, port] of variant.inputs.entries()) {
    const tensor = inputs[port.name] ?? Object.values(inputs)[i];
    if (!tensor)
      throw new AppError('data.invalid', `The data has nothing for the variant's input '${port.name}'.`);
    encoded[port.name] = encodeFor(tensor, port.dtype, port.quantization);
  }
  const result = await runtime.run(
    { modelPath, signature: variant.key, inputs: encoded, xnnpack: false },
    signal,
  );
  return Object.fromEntries(
    variant.outputs.map((port) => {
      const tensor = result.outputs[port.name];
      if (!tensor) throw new AppError('runtime.failed', `The runtime gave no output '${port.name}'.`);
      return [port.name, perSample(tensor, realValues(tensor, port.quantization))];
    }),
  );
}

async function runFloat(
  runtime: TfliteRuntime,
  modelPath: string,
  variant: VariantInterface,
  inputs: NamedTensors,
  signal: AbortSignal | undefined,
): Promise<Outputs | undefined> {
  if ((await runtime.unavailable()) !== undefined) return undefined;
  return (await runtime.run({ modelPath, signature: variant.key, inputs, xnnpack: false }, signal)).outputs;
}

function perSample(tensor: Tensor, values: Float64Array): Float64Array[] {
  const count = tensor.shape[0] ?? 0;
  const size = count === 0 ? 0 : values.length / count;
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
}

interface RuntimeSums {
  readonly fromOriginal: Map<string, OutputErrorSum>;
  readonly fromFloat: Map<string, OutputErrorSum>;
  right: number;
  labelled: number;
}

/** The error budget: original to float32 to variant, summed per output and runtime. */
class Budget {
  readonly #request: ValidateRequest;
  readonly #samples: number;
  readonly #sums = new Map<TfliteRuntime, RuntimeSums>();
  readonly #floatFromOriginal = new Map<string, OutputErrorSum>();
  #rightBefore = 0;
  #labelledBefore = 0;
  framework = '';

  constructor(request: ValidateRequest, samples: number) {
    this.#request = request;
    this.#samples = samples;
  }

  add(
    runtime: TfliteRuntime,
    original: Outputs | undefined,
    float: Outputs | undefined,
    variant: Record<string, Float64Array[]>,
    start: number,
  ): void {
    let sums = this.#sums.get(runtime);
    const isFirst = sums === undefined ? this.#sums.size === 0 : this.#sums.keys().next().value === runtime;
    if (!sums)
      this.#sums.set(
        runtime,
        (sums = { fromOriginal: new Map(), fromFloat: new Map(), right: 0, labelled: 0 }),
      );
    const names = Object.keys(variant);
    for (const [position, name] of names.entries()) {
      const candidates = variant[name] ?? [];
      const reference = tensorAt(original, name, position);
      const middle = tensorAt(float, name, position);
      if (reference) addAll(sums.fromOriginal, name, reference, candidates);
      if (middle) addAll(sums.fromFloat, name, middle, candidates);
      if (reference && middle && isFirst)
        addAll(this.#floatFromOriginal, name, reference, perSample(middle, realValues(middle, undefined)));
    }
    const labels = this.#request.data.labels;
    const [firstName] = names;
    const scores = firstName === undefined ? undefined : variant[firstName];
    const before = tensorAt(original, firstName ?? '', 0);
    if (!labels || !scores || !before || !looksLikeScores(before)) return;
    for (const [i, values] of scores.entries()) {
      sums.labelled++;
      if (indexOfMax(values) === labels[start + i]) sums.right++;
    }
    if (!isFirst) return;
    for (const [i, values] of perSample(before, realValues(before, undefined)).entries()) {
      this.#labelledBefore++;
      if (indexOfMax(values) === labels[start + i]) this.#rightBefore++;
    }
  }

  isComparable(runtime: TfliteRuntime | undefined): boolean {
    const sums = runtime && this.#sums.get(runtime);
    return sums !== undefined && sums.fromOriginal.size > 0;
  }

  accuracy(runtime: TfliteRuntime | undefined): ValidationReport['accuracy'] {
    const sums = runtime && this.#sums.get(runtime);
    if (!sums || sums.labelled === 0 || this.#labelledBefore === 0) return undefined;
    return {
      before: this.#rightBefore / this.#labelledBefore,
      after: sums.right / sums.labelled,
      samples: sums.labelled,
    };
  }

  verdict(runtime: TfliteRuntime, marks: ValidationMarks): RuntimeVerdict {
    const sums = this.#sums.get(runtime);
    const errors = sums && (sums.fromOriginal.size > 0 ? sums.fromOriginal : sums.fromFloat);
    if (!sums || !errors || errors.size === 0)
      return {
        runtime: runtime.id,
        verdict: 'not-run',
        reason: 'there is nothing to compare its outputs with',
      };
    const reasons: string[] = [];
    for (const sum of errors.values()) {
      const error = sum.result();
      if ((error.cosine ?? 0) < marks.minCosine)
        reasons.push(
          `output '${error.output}' has cosine ${(error.cosine ?? 0).toFixed(4)}, below ${marks.minCosine}`,
        );
      else if (this.#isFloat() && error.snrDb !== null && error.snrDb < marks.minSnrDb)
        reasons.push(
          `output '${error.output}' has SNR ${error.snrDb.toFixed(1)} dB, below ${marks.minSnrDb} dB`,
        );
    }
    return {
      runtime: runtime.id,
      verdict: reasons.length > 0 ? 'wrong' : 'right',
      reason: reasons.join('; '),
    };
  }

  stages(runtimes: readonly TfliteRuntime[]): ValidationStage[] {
    const stages: ValidationStage[] = [];
    const stage = (
      name: ValidationStage['stage'],
      reference: string,
      candidate: string,
      sums: Map<string, OutputErrorSum>,
    ): void => {
      if (sums.size > 0)
        stages.push({
          stage: name,
          reference,
          candidate,
          samples: this.#samples,
          outputs: Array.from(sums.values(), (sum) => sum.result()),
        });
    };
    const [main] = runtimes;
    if (main) stage('original-to-float32', this.framework, `float32 on ${main.id}`, this.#floatFromOriginal);
    for (const runtime of runtimes) {
      const sums = this.#sums.get(runtime);
      if (!sums) continue;
      stage('float32-to-variant', `float32 on ${main?.id ?? runtime.id}`, runtime.id, sums.fromFloat);
      stage('original-to-variant', this.framework, runtime.id, sums.fromOriginal);
    }
    return stages;
  }

  #isFloat(): boolean {
    return ['float32', 'float16'].includes(this.#request.variant.precision);
  }
}

/** The output of that name; where the original names its outputs otherwise, the one at the same place. */
function tensorAt(outputs: Outputs | undefined, name: string, position: number): Tensor | undefined {
  return outputs && (outputs[name] ?? Object.values(outputs)[position]);
}

function addAll(
  sums: Map<string, OutputErrorSum>,
  name: string,
  reference: Tensor,
  candidates: readonly Float64Array[],
): void {
  let sum = sums.get(name);
  if (!sum) sums.set(name, (sum = new OutputErrorSum(name)));
  const references = perSample(reference, realValues(reference, undefined));
  const scores = looksLikeScores(reference);
  for (const [i, candidate] of candidates.entries()) {
    const values = references[i];
    if (!values || values.length !== candidate.length)
      throw new AppError(
        'validate.failed',
        `Output '${name}' has ${candidate.length} values where the original has ${values?.length ?? 0}: the variant computes something else.`,
      );
    sum.add(values, candidate, scores);
  }
}
