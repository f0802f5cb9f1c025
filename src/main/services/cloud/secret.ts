import { AppError, isAppError, type ErrorDetails } from '@shared/error/app-error';

/** A token and the header that carries it to the server. */
export interface PlanSecret {
  readonly header: string;
  readonly value: string;
}

/** Stands for the secret in a template's path. */
export const SECRET_PLACE = '{{secret}}';
const HIDDEN = '•••';
const LEAST_PART = 4;

/** The secret as a header's value: a bare token for `authorization` is a bearer token (RFC 6750). */
export function secretHeaders({ header, value }: PlanSecret): Record<string, string> {
  const isBare = header.toLowerCase() === 'authorization' && !value.includes(' ');
  return { [header]: isBare ? `Bearer ${value}` : value };
}

/** A text without the secret, whole or in parts, as it is or written for an address: servers like to repeat what they refuse. */
export function redacted(text: string, secret: PlanSecret | undefined): string {
  if (secret === undefined) return text;
  const parts = [secret.value, ...secret.value.split(/\s+/)].filter((part) => part.length >= LEAST_PART);
  return parts
    .flatMap((part) => [part, encodeURIComponent(part), JSON.stringify(part).slice(1, -1)])
    .reduce((rest, part) => rest.replaceAll(part, HIDDEN), text);
}

const cleanDetail = (value: ErrorDetails[string], secret: PlanSecret): ErrorDetails[string] => {
  if (typeof value === 'string') return redacted(value, secret);
  return Array.isArray(value) ? value.map((one: string) => redacted(one, secret)) : value;
};

/** An error without the secret in it, nor in its cause. */
export function redactedError(error: unknown, secret: PlanSecret | undefined): unknown {
  if (secret === undefined || !(error instanceof Error)) return error;
  if (!isAppError(error)) return new Error(redacted(error.message, secret));
  const details = Object.entries(error.details).map(
    ([name, value]) => [name, cleanDetail(value, secret)] as const,
  );
  return new AppError(error.code, redacted(error.message, secret), { details: Object.fromEntries(details) });
}
