import { describe, expect, it } from 'vitest';
import { deviceStage, worstShare } from '@main/services/validate';
import type { Tensor } from '@shared/model/tensor';

const float = (...values: number[]): Tensor => ({
  dtype: 'float32',
  shape: [1, values.length],
  data: Float32Array.from(values),
});
const int8 = (...values: number[]): Tensor => ({
  dtype: 'int8',
  shape: [1, values.length],
  data: Int8Array.from(values),
});
const stage = (
  host: Record<string, Tensor>,
  device: Record<string, Tensor>,
  ports: Parameters<typeof deviceStage>[2] = [],
) => deviceStage({ title: 'here', outputs: host }, { title: 'there', outputs: device }, ports);

describe('the fourth stage of the error budget', () => {
  it('is no error at all where the device answers alike', () => {
    const same = stage({ y: float(0, 1, 4) }, { y: float(0, 1, 4) });
    expect(same).toMatchObject({
      stage: 'host-to-device',
      reference: 'here',
      candidate: 'there',
      samples: 1,
    });
    expect(same.outputs[0]).toMatchObject({ output: 'y', maxAbs: 0, cosine: 1, top1Agreement: 1 });
    expect(worstShare(same)).toBe(0);
  });

  it('is told in real numbers, whatever the outputs are stored in', () => {
    const port = {
      name: 'y',
      dtype: 'int8' as const,
      shape: [1, 3],
      quantization: { scale: [0.5], zeroPoint: [-10], axis: 0 },
    };
    const off = stage({ y: int8(-10, -8, 10) }, { y: int8(-10, -7, 10) }, [port]);
    expect(off.outputs[0]).toMatchObject({ maxAbs: 0.5, range: 10 });
    expect(worstShare(off)).toBeCloseTo(0.05);
  });

  it('takes an output of another name for the one at its place', () => {
    expect(worstShare(stage({ a: float(1, 2) }, { b: float(1, 2) }))).toBe(0);
  });

  it('is as large as can be where an output is missing, cut short, or no number', () => {
    expect(worstShare(stage({ y: float(1, 2) }, {}))).toBe(Infinity);
    expect(worstShare(stage({ y: float(1, 2) }, { y: float(1) }))).toBe(Infinity);
    expect(worstShare(stage({ y: float(1, 2) }, { y: float(1, Number.NaN) }))).toBe(Infinity);
    expect(stage({ y: float(1, 2) }, {}).outputs[0]).toMatchObject({ maxAbs: null, cosine: 0 });
  });
});
