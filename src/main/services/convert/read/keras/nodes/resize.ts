import { sizesOf } from './layout';
import { mapSize } from './shapes';
import { mul } from './math';
import { attr, type NodeWriter, type Sym } from './writer';

export type Target =
  { readonly factors: readonly [number, number] } | { readonly sizes: readonly [number, number] };

/** Resizes images [batch, height, width, channels] with half-pixel centres, as tf.image.resize does. */
export function resize(w: NodeWriter, x: Sym, method: 'nearest' | 'bilinear', target: Target): Sym {
  const [batch = -1, height = -1, width = -1, channels = -1] = x.shape;
  const fixed = 'sizes' in target;
  const [rows, columns] = fixed
    ? target.sizes
    : [mapSize(height, (n) => n * target.factors[0]), mapSize(width, (n) => n * target.factors[1])];
  const size =
    (rows >= 0 && columns >= 0) || fixed
      ? w.ints([rows, columns])
      : mul(w, sizesOf(w, x, 1, 3), w.ints(target.factors));
  const op = method === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear';
  const dtype = method === 'nearest' ? x.dtype : 'float32';
  return w.add(
    op,
    [x, size],
    { dtype, shape: [batch, rows, columns, channels] },
    {
      align_corners: attr.bool(false),
      half_pixel_centers: attr.bool(true),
    },
  );
}
