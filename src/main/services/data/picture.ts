import { AppError } from '@shared/error/app-error';
import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';

/** Pixels of a picture: RGBA, 8 bits each, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** What a camera gives; a bomb claims more. */
const MAX_PIXELS = 100_000_000;
const MAX_JPEG_MEGABYTES = 1024;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const MIN_PNG_BYTES = 33;

const isPng = (bytes: Uint8Array): boolean => PNG_SIGNATURE.every((byte, i) => bytes[i] === byte);
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

const invalid = (path: string, why: string, cause?: unknown): AppError =>
  new AppError('data.invalid', `${path} cannot be used as a sample: ${why}.`, { cause });

/** Decodes a PNG or JPEG file. Its size is checked before any pixel is; fails with `data.invalid` naming the file. */
export function decodePicture(path: string, bytes: Uint8Array): Picture {
  try {
    if (isPng(bytes)) {
      if (bytes.byteLength < MIN_PNG_BYTES) throw invalid(path, 'the PNG ends within its header');
      // IHDR comes first: https://www.w3.org/TR/png-3/#11IHDR
      const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      checkSize(path, header.getUint32(16), header.getUint32(20));
      const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
      return { width, height, rgba: data };
    }
    if (isJpeg(bytes)) {
      const { width, height, data } = decodeJpeg(bytes, {
        useTArray: true,
        formatAsRGBA: true,
        maxResolutionInMP: MAX_PIXELS / 1e6,
        maxMemoryUsageInMB: MAX_JPEG_MEGABYTES,
      });
      return { width, height, rgba: data };
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw invalid(path, `it is damaged (${error instanceof Error ? error.message : String(error)})`, error);
  }
  throw invalid(path, 'it is neither a PNG nor a JPEG');
}

function checkSize(path: string, width: number, height: number): void {
  if (width === 0 || height === 0 || width * height > MAX_PIXELS)
    throw invalid(
      path,
      `it claims ${width} x ${height} pixels, where ${MAX_PIXELS / 1e6} million is the most`,
    );
}
