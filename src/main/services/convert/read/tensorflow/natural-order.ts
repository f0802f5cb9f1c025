/** Orders by name, numbers in names as numbers (output_2 before output_10), the same in every locale. */
export function byNaturalName(a: { readonly name: string }, b: { readonly name: string }): number {
  const x = a.name.split(/(\d+)/);
  const y = b.name.split(/(\d+)/);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [left = '', right = ''] = [x[i], y[i]];
    if (left === right) continue;
    const numeric = i % 2 === 1 ? Number(left) - Number(right) : 0;
    if (numeric !== 0) return numeric;
    return left < right ? -1 : 1;
  }
  return x.length - y.length;
}
