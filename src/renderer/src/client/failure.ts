import type { WireError } from '@shared/model/job';

/** What to show the user of an error that came from the engine. */
export function failureText(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'data' in error) {
    const wire = error.data as Partial<WireError> | null | undefined;
    if (typeof wire?.message === 'string') return wire.message;
  }
  if (error instanceof Error && error.name !== 'AbortError') return error.message;
  return 'The engine did not answer; it is being started again.';
}
