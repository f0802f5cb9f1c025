import type { NetworkModel } from '../model/comparison';

/** Time in ns that bytes take on a link; 0 kbit/s is unlimited. */
export const transferNs = (bytes: number, kbps: number): number => (kbps === 0 ? 0 : (bytes * 8e6) / kbps);

/** Median cloud latency in ns on another network: one round trip on a warm connection, and the bytes both ways. */
export const cloudMedianNs = (model: NetworkModel): number =>
  model.baseP50Ns +
  model.rttMs * 1e6 +
  transferNs(model.requestBytes, model.upKbps) +
  transferNs(model.responseBytes, model.downKbps);

/** Round-trip time in ms at which the medians are equal; null when the edge is faster even without any. */
export function breakEvenRttMs(edgeP50Ns: number, model: NetworkModel): number | null {
  const rttMs = (edgeP50Ns - cloudMedianNs({ ...model, rttMs: 0 })) / 1e6;
  return rttMs > 0 ? rttMs : null;
}

/** Bandwidth in kbit/s, the same each way, at which the medians are equal; null when the edge is faster at any. */
export function breakEvenKbps(edgeP50Ns: number, model: NetworkModel): number | null {
  const leftNs = edgeP50Ns - cloudMedianNs({ ...model, upKbps: 0, downKbps: 0 });
  return leftNs > 0 ? ((model.requestBytes + model.responseBytes) * 8e6) / leftNs : null;
}
