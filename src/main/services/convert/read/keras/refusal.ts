import { AppError } from '@shared/error/app-error';

/** Thrown by a layer's writer that cannot write it; caught and collected, never seen by the user as such. */
export class LayerRefusal extends Error {}

/** One layer that stops the conversion. */
export interface LayerProblem {
  readonly className: string;
  /** Path of names from the model down: 'backbone/conv1'. */
  readonly path: string;
  /** "layer 3 of 12 of 'backbone'". */
  readonly place: string;
  readonly reason: string;
}

const NAMED_IN_MESSAGE = 20;

/** All layers that cannot be converted, in one error. */
export function unsupportedLayers(problems: readonly LayerProblem[]): AppError {
  const lines = problems.map((p) => `${p.className} '${p.path}' (${p.place}): ${p.reason}`);
  const more = lines.length > NAMED_IN_MESSAGE ? `; and ${lines.length - NAMED_IN_MESSAGE} more` : '';
  const operators = Array.from(new Set(problems.map((p) => p.className))).sort();
  return new AppError(
    'model.unsupported',
    `The model has ${lines.length} unsupported ${lines.length === 1 ? 'layer' : 'layers'}: ` +
      `${lines.slice(0, NAMED_IN_MESSAGE).join('; ')}${more}. ` +
      'Replace or remove them in the original model and save it again, or export it as a SavedModel.',
    { details: { operators, nodes: lines } },
  );
}

/** A configuration that no version of Keras writes. */
export const badConfig = (where: string, what: string): AppError =>
  new AppError(
    'model.unreadable',
    `The configuration of '${where}' is damaged: ${what}. Save the model again.`,
  );
