import { AppError } from '@shared/error/app-error';
import type { SourceNode } from '../source';

/** Thrown by a lowering that cannot do its node; caught and collected, never seen by the user as such. */
export class Refusal extends Error {}

/** One node that stops the conversion. */
export interface Problem {
  readonly node: SourceNode;
  /** Where it stands: "node 12 of 88", or the function that it is in. */
  readonly place: string;
  readonly reason: string;
  readonly cause?: unknown;
}

const NAMED_IN_MESSAGE = 20;

/** Every node that stops the conversion in one error: operators named in the message, all of them in its details. */
export function unsupported(problems: readonly Problem[], several: boolean): AppError {
  const lines = problems.map(({ node, place, reason }) => `${node.op} '${node.name}' (${place}): ${reason}`);
  const operators = Array.from(new Set(problems.map((problem) => problem.node.op))).sort();
  const more = lines.length > NAMED_IN_MESSAGE ? `; and ${lines.length - NAMED_IN_MESSAGE} more` : '';
  const advice = several
    ? 'Replace or remove them in the original model, or convert only a signature that does not need them.'
    : 'Replace or remove them in the original model and export it again.';
  return new AppError(
    'model.unsupported',
    `The model has ${lines.length} ${lines.length === 1 ? 'operator' : 'operators'} that cannot be converted: ` +
      `${lines.slice(0, NAMED_IN_MESSAGE).join('; ')}${more}. ${advice}`,
    {
      details: { operators, nodes: lines },
      cause: problems.find((problem) => problem.cause !== undefined)?.cause,
    },
  );
}
