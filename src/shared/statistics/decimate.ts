/**
 * At most about `limit` points that look like all of them: of each stretch its smallest and largest value, in their order,
 * so that no outlier is lost. x is the index of a value.
 */
export function decimate(values: readonly number[], limit: number): { x: number[]; y: number[] } {
  if (values.length <= limit) return { x: values.map((_, i) => i), y: [...values] };
  const stretch = Math.ceil((values.length * 2) / limit);
  const x: number[] = [];
  const y: number[] = [];
  for (let start = 0; start < values.length; start += stretch) {
    let [low, high] = [start, start];
    for (let i = start; i < Math.min(start + stretch, values.length); i++) {
      if ((values[i] ?? 0) < (values[low] ?? 0)) low = i;
      if ((values[i] ?? 0) > (values[high] ?? 0)) high = i;
    }
    for (const i of low === high ? [low] : low < high ? [low, high] : [high, low]) {
      x.push(i);
      y.push(values[i] ?? 0);
    }
  }
  return { x, y };
}
