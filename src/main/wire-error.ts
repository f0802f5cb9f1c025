import { ORPCError, ValidationError } from '@orpc/server';
import { httpStatusOf, isAppError } from '@shared/error/app-error';
import type { WireError } from '@shared/model/job';

/** The one error that crosses the wire; its data is a WireError. Must match what clients look for. */
export const APP_ERROR = 'APP_ERROR';

export function wireErrorOf(error: unknown): WireError | undefined {
  if (!isAppError(error)) return undefined;
  return { code: error.code, message: error.message, details: error.details as WireError['details'] };
}

/**
 * Turns what a procedure throws into what a client may see: an AppError whole, a schema error with its field, and for a
 * bug one sentence without inner details, which go to the engine's log instead.
 */
export async function toWireError<T>(options: { next: () => T }): Promise<Awaited<T>> {
  try {
    return await options.next();
  } catch (error) {
    const wire = wireErrorOf(error);
    if (wire)
      throw new ORPCError(APP_ERROR, { status: httpStatusOf(wire.code), message: wire.message, data: wire });
    if (error instanceof ORPCError) {
      if (error.cause instanceof ValidationError && error.code === 'BAD_REQUEST') {
        const [issue] = error.cause.issues;
        const field = (issue?.path ?? [])
          .map((part) => (typeof part === 'object' ? part.key : part))
          .join('.');
        const message = `The request does not fit: ${field ? `${field}: ` : ''}${issue?.message ?? 'wrong form'}.`;
        const data: WireError = { code: 'usage.wrong', message, details: {} };
        throw new ORPCError(APP_ERROR, { status: 400, message, data });
      }
      throw error;
    }
    console.error(error);
    throw new ORPCError('INTERNAL_SERVER_ERROR', {
      message: 'Something went wrong inside the engine; its log has the details.',
    });
  }
}
