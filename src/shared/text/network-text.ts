import type { NetworkProfile } from '../model/cloud';

const megabits = (kbps: number): string => (kbps === 0 ? 'unlimited' : `${kbps / 1000} Mbit/s`);

/** A simulated network's figures: "4g: 50 ms round trip ± 6 ms, 12 Mbit/s up, 35 Mbit/s down, 0.1 % lost". */
export function networkText({
  name,
  rttMs,
  jitterMs,
  upKbps,
  downKbps,
  lossPercent,
}: NetworkProfile): string {
  if (name === 'none') return 'none';
  const jitter = jitterMs === 0 ? '' : ` ± ${jitterMs} ms`;
  const loss = lossPercent === 0 ? '' : `, ${lossPercent} % lost`;
  return `${name}: ${rttMs} ms round trip${jitter}, ${megabits(upKbps)} up, ${megabits(downKbps)} down${loss}`;
}
