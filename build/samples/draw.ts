import { gaussian, shuffle } from './random';
import { digitStrokes, type Point, type Stroke } from './strokes';

export const PICTURE_SIZE = 8;
export const CLASSES = 10;
const PIXELS = PICTURE_SIZE * PICTURE_SIZE;
/** Grey levels between empty and full, so that pictures are small in a file and look like a scanner's. */
const LEVELS = 16;

/** Labelled pictures: float32 in [0, 1], [count, 8, 8, 1] flattened, and their digits. */
export interface Pictures {
  readonly count: number;
  readonly pixels: Float32Array;
  readonly labels: Int32Array;
}

/** Draws `count` pictures, as many of each digit, in random order: written by a pen that shakes, on uneven paper. */
export function drawPictures(count: number, random: () => number): Pictures {
  const order = shuffle(
    Array.from({ length: count }, (_, index) => index % CLASSES),
    random,
  );
  const pixels = new Float32Array(count * PIXELS);
  for (const [index, digit] of order.entries()) pixels.set(drawDigit(digit, random), index * PIXELS);
  return { count, pixels, labels: Int32Array.from(order) };
}

function drawDigit(digit: number, random: () => number): Float32Array {
  const styles = digitStrokes[digit] ?? [];
  const strokes = bend(styles[Math.floor(random() * styles.length)] ?? [], random);
  const width = 0.04 + 0.06 * random();
  const ink = 0.65 + 0.35 * random();
  const picture = new Float32Array(PIXELS);
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    const x = ((pixel % PICTURE_SIZE) + 0.5) / PICTURE_SIZE;
    const y = (Math.floor(pixel / PICTURE_SIZE) + 0.5) / PICTURE_SIZE;
    const distance = Math.min(...strokes.map((stroke) => distanceTo(stroke, x, y)));
    const grey = ink * clamp(0.5 + (width - distance) / 0.1) + 0.12 * gaussian(random);
    picture[pixel] = Math.round(clamp(grey) * LEVELS) / LEVELS;
  }
  return picture;
}

/** The strokes turned, slanted, stretched and moved a little, each point shaken. */
function bend(strokes: readonly Stroke[], random: () => number): Stroke[] {
  const turn = 0.17 * gaussian(random);
  const slant = 0.17 * gaussian(random);
  const [scaleX, scaleY] = [0.85 + 0.3 * random(), 0.85 + 0.25 * random()];
  const [moveX, moveY] = [0.06 * gaussian(random), 0.05 * gaussian(random)];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const place = ([px, py]: Point): Point => {
    const x = (px - 0.5) * scaleX - slant * (py - 0.5);
    const y = (py - 0.5) * scaleY;
    const shake = (): number => 0.012 * gaussian(random);
    return [0.5 + cos * x - sin * y + moveX + shake(), 0.5 + sin * x + cos * y + moveY + shake()];
  };
  return strokes.map((stroke) => stroke.map(place));
}

function distanceTo(stroke: Stroke, x: number, y: number): number {
  let nearest = Infinity;
  for (let index = 1; index < stroke.length; index++) {
    const [ax, ay] = stroke[index - 1] as Point;
    const [bx, by] = stroke[index] as Point;
    const [dx, dy] = [bx - ax, by - ay];
    const along = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return nearest;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
