import { describe, expect, it } from 'vitest';
import { delegateGot } from '@main/services/bench/delegate-got';
import { coverageOf } from '@main/services/bench/runners/benchmark-model/coverage';
import { Transcript } from '@main/services/bench/runners/benchmark-model/transcript';
import type { Delegate } from '@shared/model/delegate';
import { toldLatencySchema } from '@shared/model/run';
import * as printed from './transcripts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string | Uint8Array, asked: Delegate = 'xnnpack', piece = 1 << 20): Transcript {
  const transcript = new Transcript(asked, 20);
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  for (let at = 0; at < bytes.length; at += piece) transcript.push(bytes.subarray(at, at + piece));
  return transcript;
}

describe('what benchmark_model prints', () => {
  it('is read in the form of 2019', () => {
    const transcript = read(printed.OLDEST, 'cpu');
    expect(transcript.initNs).toBe(4_452_000);
    expect(transcript.warmup).toMatchObject({ firstNs: 146_161_000, latency: { samples: 1 } });
    expect(transcript.results('here').latency).toEqual({
      samples: 50,
      meanNs: 137_722_000,
      minNs: 137_079_000,
      maxNs: 143_416_000,
      standardDeviationNs: 896_000,
    });
  });

  it('is read in the form of today, with percentiles and memory', () => {
    const transcript = read(printed.NEWEST);
    expect(transcript.results('here').latency).toEqual({
      samples: 25_620,
      meanNs: 38_701,
      minNs: 36_000,
      maxNs: 411_000,
      standardDeviationNs: 5000,
      p5Ns: 37_000,
      p50Ns: 38_000,
      p95Ns: 42_000,
    });
    expect(transcript.warmup?.firstNs).toBe(121_000);
    expect(transcript.peakBytes).toBe(8.25 * 2 ** 20);
    expect(transcript.residentBytes).toBe(8 * 2 ** 20);
  });

  it.each([1, 7, 4096])('is read the same in pieces of %i bytes', (piece) => {
    for (const text of [printed.OLDEST, printed.GPU_PART, printed.NEWEST + printed.PROFILE_TABLE]) {
      const [whole, pieces] = [read(text, 'gpu'), read(text, 'gpu', piece)];
      expect(pieces.results('here')).toEqual(whole.results('here'));
      expect(pieces.delegation).toEqual(whole.delegation);
      expect(pieces.tables.times).toEqual(whole.tables.times);
    }
  });

  it('is read from logcat, with the accelerators there are', () => {
    const transcript = read(printed.NNAPI_NOTHING, 'nnapi');
    expect(transcript.results('here').latency).toMatchObject({ samples: 75, meanNs: 12_167_600 });
    expect(transcript.accelerators).toEqual(['ipuadaptor', 'nnapi-reference']);
  });

  it('gives what it refused with', () => {
    const transcript = read(printed.REFUSED);
    expect(() => transcript.results('here')).toThrow(
      'benchmark_model on here: Failed to load model nothing.tflite.',
    );
  });
});

describe('who ran the operators', () => {
  const got = (text: string, asked: Delegate) => {
    const coverage = coverageOf(read(text, asked), undefined);
    return { ...coverage, times: coverage.times.length, got: delegateGot(asked, coverage) };
  };

  it('is the GPU only where it took all', () => {
    expect(got(printed.GPU_ALL, 'gpu')).toMatchObject({
      got: 'gpu',
      operators: 31,
      delegated: 31,
      partitions: 1,
    });
    expect(got(printed.GPU_PART, 'gpu')).toMatchObject({
      got: 'mixed',
      operators: 64,
      delegated: 37,
      partitions: 3,
    });
  });

  it('is known from what the GPU delegate says, where the runtime does not say it', () => {
    const quiet = printed.GPU_PART.replace(/^INFO: Replacing.*\n/m, '');
    expect(got(quiet, 'gpu')).toMatchObject({ got: 'mixed', operators: 64, delegated: 37, partitions: 3 });
  });

  it('is the CPU where the delegate took nothing, or was never applied', () => {
    expect(got(printed.NNAPI_NOTHING, 'nnapi')).toMatchObject({ got: 'cpu', delegated: 0 });
    const silent = printed.GPU_ALL.replace(/^.*(?:GPU|Gpu).*\n/gm, '');
    expect(got(silent, 'gpu').got).not.toBe('gpu');
  });

  it('is told for XNNPACK with its operators', () => {
    expect(got(printed.NEWEST + printed.PROFILE_TABLE, 'xnnpack')).toEqual({
      got: 'xnnpack',
      operators: 9,
      delegated: 8,
      partitions: 1,
      runtimeVersion: undefined,
      times: 4,
    });
  });

  it('is not taken from another delegate than the one that was asked for', () => {
    expect(got(printed.NEWEST, 'gpu').got).not.toBe('gpu');
    expect(got(printed.GPU_ALL, 'nnapi').got).not.toBe('nnapi');
  });
});

describe('times by operator', () => {
  it('are read from tables: those of the regular runs, in their order', () => {
    const { times } = read(printed.NEWEST + printed.PROFILE_TABLE).tables;
    expect(times.map(({ name, inner, totalNs }) => [name, inner, totalNs])).toEqual([
      ['TfLiteXNNPackDelegate [StatefulPartitionedCall:0]:9', false, 640_000],
      ['ARG_MAX [out, with a comma]:8', false, 120_000],
      ['Convolution (NHWC, F32) IGEMM Delegate/Convolution (NHWC, F32) IGEMM:0', true, 480_000],
      ['Fully Connected (NC, F32) GEMM Delegate/Fully Connected (NC, F32) GEMM:1', true, 120_000],
    ]);
  });

  it('are read from CSV', () => {
    const { times } = read(printed.NEWEST + printed.PROFILE_CSV).tables;
    expect(times.map(({ name, totalNs }) => [name, totalNs])).toEqual([
      ['TfLiteXNNPackDelegate [StatefulPartitionedCall:0]:9', 640_000],
      ['ARG_MAX [out, with a comma]:8', 120_000],
    ]);
  });
});

describe('a transcript that is not as it should be', () => {
  it('is no measurement, wherever it is cut off before its results', () => {
    for (const text of [printed.OLDEST, printed.GPU_PART, printed.NEWEST, printed.NNAPI_NOTHING]) {
      const bytes = bytesOf(text);
      const line = text.indexOf('nference timings in us');
      const end = bytesOf(text.slice(0, text.indexOf('\n', line) + 1)).length;
      const whole = read(text).results('here');
      const problems = Array.from({ length: end }, (_, length) => read(bytes.subarray(0, length)).problem);
      expect(new Set(problems)).toEqual(new Set(['its output ends before its results']));
      for (let length = end; length <= bytes.length; length++)
        expect(read(bytes.subarray(0, length)).results('here')).toEqual(whole);
    }
  });

  it.each(['nan', '-nan', 'inf', '-5', '1e308', '9e99', '0x10', '', 'twelve'])(
    'is refused with a time of "%s"',
    (time) => {
      for (const name of ['min', 'max', 'avg', 'first']) {
        const text = printed.NEWEST.replace(
          new RegExp(`(count=25620.*${name}=)[\\d.]+`),
          (_, before: string) => before + time,
        );
        expect(text).not.toBe(printed.NEWEST);
        expect(() => read(text).results('here')).toThrow(/impossible times/);
      }
    },
  );

  it('is refused where its figures contradict each other', () => {
    const changed = (from: string, to: string): string => printed.NEWEST.replace(from, to);
    for (const text of [
      changed('min=36 max=411', 'min=411 max=36'),
      changed('avg=38.7009', 'avg=5000'),
      changed('count=25620', 'count=99999999999'),
      changed('p5=37 median=38 p95=42\n\nINFO: Inference', 'p5=37 median=999 p95=42\n\nINFO: Inference'),
    ])
      expect(() => read(text).results('here')).toThrow(/impossible times/);
  });

  it('is no measurement when nothing was run', () => {
    const text = printed.NEWEST.replace(/count=25620.*/, 'count=0 p5=nan median=nan p95=nan');
    expect(() => read(text).results('here')).toThrow(/ends before its results/);
  });

  it('is never more than what the schema of a run takes, whatever bytes are changed', () => {
    const bytes = bytesOf(printed.NEWEST + printed.PROFILE_TABLE);
    let state = 20_261_122;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    for (let round = 0; round < 3000; round++) {
      const changed = bytes.slice();
      for (let i = 0; i < 3; i++) changed[random(changed.length)] = random(256);
      const transcript = read(changed);
      if (transcript.problem !== undefined) continue;
      expect(toldLatencySchema.safeParse(transcript.results('here').latency).success).toBe(true);
    }
  });

  it('is ended when there is no end to it, at little cost', () => {
    const transcript = new Transcript('cpu');
    const piece = new Uint8Array(1 << 20).fill(0x41);
    expect(() => {
      for (let i = 0; i < 1024; i++) transcript.push(piece);
    }).toThrow(/prints without end/);
  });

  it('is read on after a line longer than any of its own', () => {
    const garbage = `${'A'.repeat(1 << 20)}\n`;
    expect(read(garbage + printed.NEWEST).results('here').latency.samples).toBe(25_620);
  });
});
