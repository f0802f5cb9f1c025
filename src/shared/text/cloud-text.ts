import type { BaselineFacts, CloudErrorKind, CloudSplit } from '../model/cloud';
import { durationText } from './figures';

/** The parts of a request, in the order in which they happen. */
const PARTS: readonly (readonly [part: keyof CloudSplit, title: string])[] = [
  ['clientNs', 'waiting here'],
  ['connectNs', 'connect'],
  ['tlsNs', 'TLS'],
  ['uploadNs', 'upload'],
  ['queueNs', 'queue'],
  ['computeNs', 'compute'],
  ['downloadNs', 'download'],
];

/** Medians of the parts that are known: "upload 0.5 ms · queue 5 µs · compute 3.7 ms". */
export const splitText = (split: CloudSplit): string =>
  PARTS.flatMap(([part, title]) => {
    const ns = split[part];
    return ns === undefined ? [] : [`${title} ${durationText(ns)}`];
  }).join(' · ');

const KINDS: Record<CloudErrorKind, string> = {
  refused: 'refused connections',
  reset: 'cut connections',
  timeout: 'timeouts',
  status: 'error statuses',
  overload: 'overloads (429, 503)',
  'wrong-answer': 'wrong answers',
  'too-large': 'answers too large',
  tls: 'TLS failures',
};

/** What requests without a latency came to: "3 timeouts, 1 wrong answers"; empty when all were answered. */
export function errorsText({ windows }: Pick<BaselineFacts, 'windows'>): string {
  const counts = new Map<string, number>();
  for (const { errors, dropped } of windows) {
    for (const [kind, count] of Object.entries(errors)) {
      const title = KINDS[kind as CloudErrorKind];
      counts.set(title, (counts.get(title) ?? 0) + count);
    }
    if (dropped > 0) counts.set('not sent', (counts.get('not sent') ?? 0) + dropped);
  }
  return Array.from(counts, ([title, count]) => `${count} ${title}`).join(', ');
}
