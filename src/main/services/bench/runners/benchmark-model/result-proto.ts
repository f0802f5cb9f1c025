import type { ToldLatency } from '@shared/model/run';
import { Wire } from '@shared/protobuf/wire';
import { nsOf } from './told';

const LATENCY_METRICS = 2;
const MEDIAN_MS = 5;
const P5_MS = 6;
const P95_MS = 7;
const AVERAGE_MS = 1;

/** How far a mean in a 32-bit float may be from the printed one. */
const SAME = 1e-3;

/**
 * Percentiles from the file that `--result_file_path` writes (tools/benchmark/proto/benchmark_result.proto: BenchmarkResult) that the
 * printed line has not. Nothing when the file is damaged, tells of other runs, or has figures that cannot be.
 */
export function percentilesOf(
  bytes: Uint8Array,
  printed: ToldLatency,
): Pick<ToldLatency, 'p5Ns' | 'p50Ns' | 'p95Ns'> {
  const ms = readLatency(bytes);
  const [mean, p5Ns, p50Ns, p95Ns] = [AVERAGE_MS, P5_MS, MEDIAN_MS, P95_MS].map((field) =>
    nsOf((ms.get(field) ?? Number.NaN) * 1000),
  );
  if (mean === undefined || p5Ns === undefined || p50Ns === undefined || p95Ns === undefined) return {};
  const { meanNs, minNs, maxNs } = printed;
  const isSame = Math.abs(mean - meanNs) <= SAME * meanNs;
  const inOrder =
    minNs <= p5Ns * (1 + SAME) && p5Ns <= p50Ns && p50Ns <= p95Ns && p95Ns <= maxNs * (1 + SAME);
  return isSame && inOrder ? { p5Ns, p50Ns, p95Ns } : {};
}

function readLatency(bytes: Uint8Array): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  try {
    for (const result = Wire.of(bytes, 'The result file'); result.next();) {
      if (result.field !== LATENCY_METRICS) result.skip();
      else for (const latency = result.message(); latency.next();) found.set(latency.field, latency.float());
    }
  } catch {
    return new Map();
  }
  return found;
}
