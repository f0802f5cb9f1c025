/**
 * Every failure that a user can meet has a code from this table; anything else that is thrown is a bug.
 * `exit` is the command line's exit status (1 refused or failed, 2 wrong use), `http` the browser host's status.
 */
const CODES = {
  'model.unreadable': { exit: 1, http: 422 },
  'model.unsupported': { exit: 1, http: 422 },
  'model.too-large': { exit: 1, http: 413 },
  'convert.failed': { exit: 1, http: 422 },
  'quantize.failed': { exit: 1, http: 422 },
  'data.invalid': { exit: 1, http: 422 },
  'validate.failed': { exit: 1, http: 422 },
  'recipe.invalid': { exit: 2, http: 400 },
  'runtime.unavailable': { exit: 1, http: 503 },
  'runtime.failed': { exit: 1, http: 502 },
  'device.not-found': { exit: 1, http: 404 },
  'device.not-ready': { exit: 1, http: 409 },
  'device.lost': { exit: 1, http: 502 },
  'device.damaged': { exit: 1, http: 502 },
  'device.no-space': { exit: 1, http: 507 },
  'device.unsupported': { exit: 1, http: 409 },
  'device.adb-missing': { exit: 1, http: 503 },
  'runner.failed': { exit: 1, http: 502 },
  'cloud.unreachable': { exit: 1, http: 502 },
  'cloud.bad-reply': { exit: 1, http: 502 },
  'secret.unavailable': { exit: 1, http: 503 },
  'store.failed': { exit: 1, http: 500 },
  'store.newer': { exit: 1, http: 409 },
  'run.not-found': { exit: 1, http: 404 },
  'port.in-use': { exit: 1, http: 409 },
  'file.not-found': { exit: 1, http: 404 },
  'file.unreadable': { exit: 1, http: 422 },
  'file.unwritable': { exit: 1, http: 507 },
  'job.not-found': { exit: 1, http: 404 },
  'engine.lost': { exit: 1, http: 503 },
  'gate.worse': { exit: 1, http: 409 },
  cancelled: { exit: 1, http: 499 },
  timeout: { exit: 1, http: 504 },
  'usage.wrong': { exit: 2, http: 400 },
} as const satisfies Record<string, { exit: 1 | 2; http: number }>;

export type ErrorCode = keyof typeof CODES;

export const ERROR_CODES = Object.keys(CODES) as [ErrorCode, ...ErrorCode[]];

/** Details that travel with an error across every wire: plain data only. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * A failure with a message for the user: what went wrong, where, and what to do next, in one sentence or two.
 * `details` are plain data for the UI; `cause` keeps the original error for the log.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

export const exitStatusOf = (code: ErrorCode): 1 | 2 => CODES[code].exit;
export const httpStatusOf = (code: ErrorCode): number => CODES[code].http;

export const isAppError = (error: unknown): error is AppError => error instanceof AppError;
