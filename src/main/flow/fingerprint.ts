import type { ModelFiles } from '../ports/model-files';
import { fingerprintModel, modelFileBytes, type ModelFingerprint } from '../services/convert';

/** Hashes a model in another thread; rejects with the signal's reason when cancelled. */
export type FingerprintBeside = (path: string, signal?: AbortSignal) => Promise<ModelFingerprint>;

/** Smaller models are hashed before another thread has started. */
const BESIDE_BYTES = 1 << 23;

/**
 * Starts hashing a model, to be asked for when the conversion is done. `stop` ends it when it is not wanted any more.
 * The hash of a small model is taken when it is asked for.
 */
export function startFingerprint(
  path: string,
  tools: { readonly files: ModelFiles; readonly fingerprint: FingerprintBeside },
  signal?: AbortSignal,
): { done(): Promise<ModelFingerprint>; stop(): void } {
  if (modelFileBytes(path, tools.files) <= BESIDE_BYTES)
    return { done: async () => fingerprintModel(path, tools.files), stop: () => undefined };
  const own = new AbortController();
  const hashing = tools.fingerprint(path, signal ? AbortSignal.any([signal, own.signal]) : own.signal);
  // Whoever asks gets the failure; without anybody asking it is none.
  hashing.catch(() => undefined);
  return { done: () => hashing, stop: () => own.abort() };
}
