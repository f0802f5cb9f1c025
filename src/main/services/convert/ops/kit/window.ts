import { PADDING } from './fused';

/** One spatial axis of a convolution or a pool: sizes in elements, -1 where the input's is dynamic. */
export interface Window {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation?: number;
}

/** Length of the output along one axis; -1 when the input's is dynamic. Throws when the window does not fit. */
export function windowOutput({ size, kernel, stride, dilation = 1 }: Window, padding: number): number {
  if (stride < 1 || dilation < 1 || kernel < 1)
    throw new Error(`window ${kernel}, stride ${stride}, dilation ${dilation}: each must be at least 1`);
  if (size === -1) return -1;
  const reach = (kernel - 1) * dilation + 1;
  const output = padding === PADDING.SAME ? Math.ceil(size / stride) : Math.ceil((size - reach + 1) / stride);
  if (output < 1 && size > 0) throw new Error(`a window of ${reach} does not fit into ${size}`);
  return Math.max(output, 0);
}

/** Elements of zeros that SAME padding puts before and after; undefined when the input's length is dynamic and it matters. */
export function samePadding({
  size,
  kernel,
  stride,
  dilation = 1,
}: Window): readonly [number, number] | undefined {
  const reach = (kernel - 1) * dilation + 1;
  if (reach === 1) return [0, 0];
  // With stride 1 the sum does not depend on the length.
  if (size === -1 && stride !== 1) return undefined;
  const output = size === -1 ? 1 : Math.ceil(size / stride);
  const total = Math.max((output - 1) * stride + reach - (size === -1 ? 1 : size), 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}
