import type { Picture } from './picture';

export type Resizing = 'bilinear' | 'nearest' | 'crop';

/** Part of a picture, in pixels. */
interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * RGB values (0..255, not rounded) of a picture brought to `width` x `height`. Pixel centres are at halves, as in TensorFlow 2.
 * `crop` takes the largest window of the wanted proportions from the middle first.
 */
export function resizeRgb(picture: Picture, width: number, height: number, resizing: Resizing): Float32Array {
  const window = resizing === 'crop' ? middle(picture, width / height) : whole(picture);
  const out = new Float32Array(width * height * 3);
  const [stepX, stepY] = [window.width / width, window.height / height];
  let at = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sourceX = window.left + (x + 0.5) * stepX - 0.5;
      const sourceY = window.top + (y + 0.5) * stepY - 0.5;
      for (let channel = 0; channel < 3; channel++)
        out[at++] =
          resizing === 'nearest'
            ? pixel(picture, Math.round(sourceX), Math.round(sourceY), channel)
            : bilinear(picture, sourceX, sourceY, channel);
    }
  return out;
}

const whole = ({ width, height }: Picture): Window => ({ left: 0, top: 0, width, height });

function middle({ width, height }: Picture, ratio: number): Window {
  const [w, h] = width / height > ratio ? [height * ratio, height] : [width, width / ratio];
  return { left: (width - w) / 2, top: (height - h) / 2, width: w, height: h };
}

function pixel({ width, height, rgba }: Picture, x: number, y: number, channel: number): number {
  const column = Math.min(width - 1, Math.max(0, x));
  const row = Math.min(height - 1, Math.max(0, y));
  return rgba[(row * width + column) * 4 + channel] ?? 0;
}

function bilinear(picture: Picture, x: number, y: number, channel: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [x - left, y - top];
  const upper =
    pixel(picture, left, top, channel) * (1 - right) + pixel(picture, left + 1, top, channel) * right;
  const lower =
    pixel(picture, left, top + 1, channel) * (1 - right) + pixel(picture, left + 1, top + 1, channel) * right;
  return upper * (1 - below) + lower * below;
}
