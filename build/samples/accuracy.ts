/** Share of the pictures whose likeliest class is the label. */
export function accuracyOf(probabilities: Float32Array, labels: Int32Array): number {
  const classes = probabilities.length / labels.length;
  const right = labels.filter((label, sample) => {
    const row = probabilities.subarray(sample * classes, (sample + 1) * classes);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.length;
}
