import { viewAs } from '@shared/model/dtype';
import type { ConstantData, Value } from '../convert/graph/ir';

/** Reads float32 weights, and remembers the names of those that hold what has no code: NaN or an infinity. */
export class WeightReader {
  /** Names of the weights read so far that hold NaN or an infinity, in the order of reading. */
  readonly notFinite: string[] = [];
  readonly #seen = new Set<ConstantData>();

  /** The elements of a constant; they may be computed at each call (transposed, folded), so ask once. */
  read({ name, constant }: Value): Float32Array {
    if (!constant) throw new Error(`'${name}' is no constant`);
    const values = viewAs('float32', constant.bytes());
    if (!this.#seen.has(constant) && !areFinite(values)) this.notFinite.push(name);
    this.#seen.add(constant);
    return values;
  }

  /** Looks at a constant that nobody had to read. */
  check(value: Value): void {
    if (value.constant && !this.#seen.has(value.constant)) this.read(value);
  }
}

/** x - x is 0 for a finite number and NaN for any other, and NaN stays in a sum. */
function areFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) - (values[i] as number);
  return sum === 0;
}
