import type { TfliteRuntimeId } from '@main/ports/tflite-runtime';
import { AppError } from '@shared/error/app-error';
import type { OutputError, ValidationStage } from '@shared/model/validation';
import { looksLikeScores, OutputErrorSum } from './output-error';
import { outputAt, perSample, type Outputs, type SampleValues } from './sample-values';
import type { Tensor } from '@shared/model/tensor';

type Sums = Map<string, OutputErrorSum>;
type StageName = Extract<
  ValidationStage['stage'],
  'original-to-float32' | 'float32-to-variant' | 'original-to-variant'
>;
type RuntimeSums = Readonly<Record<StageName, Sums>>;

/** What one runtime and the original answered to the same inputs. */
export interface Answers {
  readonly original: Outputs | undefined;
  /** The float32 conversion on the same runtime; undefined when the variant is that itself. */
  readonly float32: Outputs | undefined;
  readonly variant: SampleValues;
}

/** The error budget of a variant, per runtime: original to float32 to variant, and over all, summed up output by output. */
export class ErrorBudget {
  readonly #isFloat32: boolean;
  readonly #sums = new Map<TfliteRuntimeId, RuntimeSums>();

  /** `isFloat32`: the variant is the float32 conversion, so that its error is the first stage's, too. */
  constructor(isFloat32: boolean) {
    this.#isFloat32 = isFloat32;
  }

  /** Adds a batch. AppError `validate.failed` when an output has another number of values. */
  add(runtime: TfliteRuntimeId, { original, float32, variant }: Answers): void {
    const sums = this.#of(runtime);
    for (const [position, [name, candidates]] of Object.entries(variant).entries()) {
      const reference = outputAt(original, name, position);
      const middle = outputAt(float32, name, position);
      if (reference) {
        addAll(sums['original-to-variant'], name, reference, candidates);
        if (this.#isFloat32) addAll(sums['original-to-float32'], name, reference, candidates);
      }
      if (middle) addAll(sums['float32-to-variant'], name, middle, candidates);
      if (reference && middle) addAll(sums['original-to-float32'], name, reference, perSample(middle));
    }
  }

  /** Errors that the runtime's verdict goes by: against the original, else against float32. Empty: nothing was compared. */
  errors(runtime: TfliteRuntimeId): OutputError[] {
    const sums = this.#sums.get(runtime);
    if (!sums) return [];
    const total = sums['original-to-variant'];
    return results(total.size > 0 ? total : sums['float32-to-variant']);
  }

  isComparedWithOriginal(runtime: TfliteRuntimeId): boolean {
    return (this.#sums.get(runtime)?.['original-to-variant'].size ?? 0) > 0;
  }

  /** The stages of one runtime in the order in which the error arises, then the whole. */
  stages(runtime: TfliteRuntimeId, framework: string, samples: number): ValidationStage[] {
    const sums = this.#sums.get(runtime);
    if (!sums) return [];
    const float = `float32 on ${runtime}`;
    const sides: readonly [StageName, reference: string, candidate: string][] = [
      ['original-to-float32', framework, float],
      ['float32-to-variant', float, runtime],
      ['original-to-variant', framework, runtime],
    ];
    return sides.flatMap(([stage, reference, candidate]) =>
      sums[stage].size === 0
        ? []
        : [{ stage, reference, candidate, runtime, samples, outputs: results(sums[stage]) }],
    );
  }

  #of(runtime: TfliteRuntimeId): RuntimeSums {
    const known = this.#sums.get(runtime);
    if (known) return known;
    const made: RuntimeSums = {
      'original-to-float32': new Map(),
      'float32-to-variant': new Map(),
      'original-to-variant': new Map(),
    };
    this.#sums.set(runtime, made);
    return made;
  }
}

const results = (sums: Sums): OutputError[] => Array.from(sums.values(), (sum) => sum.result());

function addAll(sums: Sums, name: string, reference: Tensor, candidates: readonly Float64Array[]): void {
  let sum = sums.get(name);
  if (!sum) sums.set(name, (sum = new OutputErrorSum(name)));
  const references = perSample(reference);
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
