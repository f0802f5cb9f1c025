/** Orders runtime versions such as "2.13.0" by their numbers. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** First runtime that has subgraphs' signatures and buffers as they are written here. */
export const OLDEST_RUNTIME = '1.5.0';

/** `min_runtime_version` as TFLite stores it: 16 bytes, padded with NUL. */
export function runtimeVersionBytes(version: string): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(new TextEncoder().encode(version).subarray(0, 15));
  return bytes;
}
