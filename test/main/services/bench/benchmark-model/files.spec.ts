import { describe, expect, it } from 'vitest';
import { percentilesOf } from '@main/services/bench/runners/benchmark-model/result-proto';
import { readRuntimeInfo } from '@main/services/bench/runners/benchmark-model/runtime-info';
import type { ToldLatency } from '@shared/model/run';
import { fixed32, int, joined, message, text } from '@test/support/protobuf';

/** A protobuf float. */
const float = (field: number, value: number) =>
  fixed32(field, new Uint32Array(Float32Array.of(value).buffer)[0]!);

/** tools/benchmark/proto/benchmark_result.proto, in milliseconds. */
const result = (ms: { avg: number; p5: number; median: number; p95: number }): Uint8Array =>
  joined([
    text(1, 'digits'),
    message(
      2,
      float(1, ms.avg),
      float(2, 0.036),
      float(3, 0.411),
      float(4, 0.005),
      float(5, ms.median),
      float(6, ms.p5),
      float(7, ms.p95),
      float(8, 3.107),
    ),
    message(3, int(1, 2816), int(2, 3584), float(3, 8.25)),
    message(4, float(1, 0.066), int(2, 25_620), int(3, 12_871)),
  ]);

const printed: ToldLatency = { samples: 25_620, meanNs: 38_701, minNs: 36_000, maxNs: 411_000 };
const MS = { avg: 0.0387009, p5: 0.037, median: 0.038, p95: 0.042 };

describe("benchmark_model's result file", () => {
  it('gives the percentiles that the output has not', () => {
    expect(percentilesOf(result(MS), printed)).toEqual({ p5Ns: 37_000, p50Ns: 38_000, p95Ns: 42_000 });
  });

  it('is left out when it tells of other runs, or of what cannot be', () => {
    for (const wrong of [
      { ...MS, avg: 0.05 },
      { ...MS, median: Number.NaN },
      { ...MS, median: -1 },
      { ...MS, p95: 3e38 },
      { ...MS, p5: 0.04 },
    ])
      expect(percentilesOf(result(wrong), printed)).toEqual({});
  });

  it('gives nothing wrong, wherever it is cut off', () => {
    const bytes = result(MS);
    for (let length = 0; length < bytes.length; length++) {
      const found = percentilesOf(bytes.subarray(0, length), printed);
      expect([{}, { p5Ns: 37_000, p50Ns: 38_000, p95Ns: 42_000 }]).toContainEqual(found);
    }
  });

  it('gives nothing for other bytes', () => {
    for (const fill of [0, 0x7f, 0xff])
      expect(percentilesOf(new Uint8Array(4096).fill(fill), printed)).toEqual({});
  });
});

/** profiling/proto/model_runtime_info.proto: operators, some delegated, and the delegate's own nodes. */
const runtimeInfo = (operators: number, delegated: number, kernels: number): Uint8Array =>
  joined([
    text(1, 'digits'),
    message(
      2,
      int(1, 0),
      message(2, int(1, 0), text(2, 'input')),
      ...Array.from({ length: operators }, (_, id) =>
        message(3, int(1, id), text(2, 'CONV_2D'), ...(id < delegated ? [int(9, operators)] : [])),
      ),
      ...Array.from({ length: kernels }, (_, i) =>
        message(
          3,
          int(1, operators + i),
          text(2, 'TfLiteGpuDelegateV2'),
          message(8, text(1, 'TfLiteGpuDelegateV2')),
        ),
      ),
      int(5, 1),
    ),
  ]);

describe("benchmark_model's runtime information", () => {
  it('counts operators, delegated ones and pieces', () => {
    expect(readRuntimeInfo(runtimeInfo(64, 37, 5))).toEqual({ operators: 64, delegated: 37, partitions: 5 });
    expect(readRuntimeInfo(runtimeInfo(9, 0, 0))).toEqual({ operators: 9, delegated: 0, partitions: 0 });
  });

  it('is nothing when it is cut off, empty or of other bytes', () => {
    const bytes = runtimeInfo(6, 4, 1);
    const known = Array.from({ length: bytes.length }, (_, length) =>
      readRuntimeInfo(bytes.subarray(0, length)),
    );
    expect(known.filter((info) => info !== undefined)).toEqual([]);
    expect(readRuntimeInfo(bytes.subarray(0, bytes.length - 1))).toBeUndefined();
    expect(readRuntimeInfo(new Uint8Array(1000).fill(0xff))).toBeUndefined();
  });
});
