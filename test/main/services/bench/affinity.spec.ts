import { describe, expect, it } from 'vitest';
import { affinityMask } from '@main/services/bench/affinity';
import type { DeviceFingerprint } from '@shared/model/device';

const phone = (...clusters: number[][]): DeviceFingerprint => ({
  kind: 'android',
  serial: 'S1',
  abis: ['arm64-v8a'],
  clusters: clusters.map((cores) => ({ cores })),
});

describe('cores by kind', () => {
  it('are those of the slowest, the middle and the fastest clusters', () => {
    const three = phone([0, 1, 2, 3], [4, 5], [6, 7]);
    expect(affinityMask('little', three)).toBe('f');
    expect(affinityMask('middle', three)).toBe('30');
    expect(affinityMask('big', three)).toBe('c0');
    expect(affinityMask('middle', phone([0, 1], [2], [3], [63]))).toBe('c');
    expect(affinityMask('big', phone([0], [63]))).toBe('8000000000000000');
  });

  it('are a mask as it is', () => {
    expect(affinityMask('0xF0', phone([0]))).toBe('f0');
    expect(affinityMask('3', phone())).toBe('3');
  });

  it('are refused where there are none', () => {
    expect(() => affinityMask('middle', phone([0], [1]))).toThrow(/no 'middle' cores .* two kinds/);
    expect(() => affinityMask('big', phone([0, 1]))).toThrow(/one kind/);
    expect(() => affinityMask('big', phone([0], [64]))).toThrow(/more than 64 cores/);
  });
});
