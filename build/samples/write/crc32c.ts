const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0x82f63b78 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32C (Castagnoli) of the bytes. */
export function crc32c(...parts: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const part of parts) {
    for (const byte of part) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The CRC as LevelDB and TensorFlow store it: rotated and shifted (leveldb util/crc32c.h, Mask). */
export function maskedCrc32c(...parts: readonly Uint8Array[]): number {
  const crc = crc32c(...parts);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
