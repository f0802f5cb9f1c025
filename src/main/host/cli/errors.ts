import { AppError, exitStatusOf, isAppError } from '@shared/error/app-error';
import { type WireError, wireErrorSchema } from '@shared/model/job';

/** Back from the wire: the AppError that the engine threw, or the error as it came. */
export function fromWire(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('data' in error)) return error;
  const wire = wireErrorSchema.safeParse(error.data);
  return wire.success ? appErrorOf(wire.data) : error;
}

export const appErrorOf = (wire: WireError): AppError =>
  new AppError(wire.code, wire.message, { details: wire.details });

/** What a failed command prints and the status it ends with. Bugs show their message only; --verbose shows the rest. */
export function describeFailure(error: unknown, verbose: boolean): { message: string; exit: number } {
  const known = fromWire(error);
  if (isAppError(known)) return { message: known.message, exit: exitStatusOf(known.code) };
  const detail =
    known instanceof Error ? (verbose ? (known.stack ?? known.message) : known.message) : String(known);
  return {
    message: `Something went wrong inside edgebench: ${detail}${verbose ? '' : ' (run again with --verbose for the details, and please report it)'}`,
    exit: 1,
  };
}
