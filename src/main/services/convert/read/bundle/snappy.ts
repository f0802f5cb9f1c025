/**
 * Decompresses one block of Snappy's raw format (google/snappy, format_description.txt). Throws an Error that says what is
 * wrong; never writes more than the declared length, which may be at most `limit`.
 */
export function snappyDecompress(input: Uint8Array, limit: number): Uint8Array {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = input[at++];
    if (byte === undefined || shift > 28) throw new Error('a compressed block has no length');
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > limit) throw new Error(`a compressed block claims ${length} bytes`);
  const out = new Uint8Array(length);
  let done = 0;
  const little = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value += (input[at++] ?? Number.NaN) * 2 ** (8 * i);
    return value;
  };
  while (at < input.length) {
    const tag = input[at++] as number;
    if ((tag & 3) === 0) {
      const size = (tag >> 2 < 60 ? tag >> 2 : little((tag >> 2) - 59)) + 1;
      if (!(size <= length - done && size <= input.length - at))
        throw new Error('a compressed block is cut off');
      out.set(input.subarray(at, at + size), done);
      at += size;
      done += size;
    } else {
      const kind = tag & 3;
      const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const distance = kind === 1 ? ((tag >> 5) << 8) + little(1) : little(kind === 2 ? 2 : 4);
      if (!(distance > 0 && distance <= done && size <= length - done))
        throw new Error('a compressed block refers outside itself');
      // Byte by byte: source and target may overlap.
      for (let i = 0; i < size; i++, done++) out[done] = out[done - distance] as number;
    }
  }
  if (done !== length) throw new Error('a compressed block is shorter than it says');
  return out;
}
