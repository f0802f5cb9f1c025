import type { SourceTensor } from '../../source';

/**
 * Texts as one buffer, in TFLite's own layout (tensorflow/lite/string_util.h): int32 count, int32 offsets of each and of the
 * end, then the bytes. Every string constant in a SourceGraph has this form.
 */
export function packStrings(strings: readonly Uint8Array[]): Uint8Array {
  const head = 4 * (strings.length + 2);
  const bytes = new Uint8Array(strings.reduce((sum, each) => sum + each.byteLength, head));
  const view = new DataView(bytes.buffer);
  view.setInt32(0, strings.length, true);
  let at = head;
  strings.forEach((each, i) => {
    view.setInt32(4 * (i + 1), at, true);
    bytes.set(each, at);
    at += each.byteLength;
  });
  view.setInt32(4 * (strings.length + 1), at, true);
  return bytes;
}

/** The texts of a string constant, as UTF-8. */
export function unpackStrings(tensor: SourceTensor): readonly string[] {
  const bytes = tensor.data.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  return Array.from({ length: view.getInt32(0, true) }, (_, i) =>
    decoder.decode(bytes.subarray(view.getInt32(4 * (i + 1), true), view.getInt32(4 * (i + 2), true))),
  );
}
