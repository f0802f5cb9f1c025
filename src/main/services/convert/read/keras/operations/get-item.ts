import type { Value } from '../layer';
import { sliceMasks } from '../nodes/layout';
import { mapSize } from '../nodes/shapes';
import type { Operation, OperationCall } from './operation';

/** One part of x[...] as StridedSlice takes it. */
interface Part {
  readonly begin: number | undefined;
  readonly end: number | undefined;
  readonly step: number;
  readonly kind: 'range' | 'index' | 'new';
}

/** x[a:b:c, 0, ..., None] with numbers that are known. */
export const getItem: Operation = (o) => {
  const x = o.tensor(0, ['x', 'tensor']);
  const key = o.find(1, 'key', 'slice_spec') ?? o.c.refuse('what it picks is missing');
  const items = key.kind === 'list' ? key.items : [key];
  const parts = expand(o, items, x.shape.length);
  const begin: number[] = [];
  const end: number[] = [];
  const masks = { begin: 0, end: 0, shrink: 0, newAxis: 0 };
  const shape: number[] = [];
  let axis = 0;
  parts.forEach((part, i) => {
    const bit = 2 ** i;
    const at = indexFromFront(part, x.shape[axis] ?? -1);
    begin.push(at ?? part.begin ?? 0);
    end.push(at === undefined ? (part.end ?? 0) : at + 1);
    if (part.kind === 'new') {
      masks.newAxis += bit;
      shape.push(1);
      return;
    }
    const size = x.shape[axis++] ?? -1;
    if (part.kind === 'index') masks.shrink += bit;
    else {
      if (part.begin === undefined) masks.begin += bit;
      if (part.end === undefined) masks.end += bit;
      shape.push(rangeLength(size, part));
    }
  });
  const { w } = o.c;
  const steps = parts.map((part) => part.step);
  return w.add(
    'StridedSlice',
    [x, w.ints(begin), w.ints(end), w.ints(steps)],
    { dtype: x.dtype, shape },
    sliceMasks(masks),
  );
};

/** One element counted from the end would have an end of 0, which means "nothing"; undefined for anything else. */
function indexFromFront(part: Part, size: number): number | undefined {
  if (part.kind !== 'index') return undefined;
  const at = part.begin ?? 0;
  return at < 0 && size >= 0 ? at + size : at;
}

/** Elements of a range, as Python counts them. */
function rangeLength(size: number, { begin, end, step }: Part): number {
  if (begin === undefined && end === undefined && step === 1) return size;
  return mapSize(size, (n) => {
    const low = step > 0 ? 0 : -1;
    const high = step > 0 ? n : n - 1;
    const place = (at: number | undefined, fallback: number): number =>
      at === undefined ? fallback : Math.min(high, Math.max(low, at < 0 ? at + n : at));
    const from = place(begin, step > 0 ? 0 : n - 1);
    const to = place(end, step > 0 ? n : -1);
    return Math.max(0, Math.ceil((to - from) / step));
  });
}

/** Parts for every axis: an ellipsis, or what is left out at the end, takes whole axes. */
function expand(o: OperationCall, items: readonly Value[], rank: number): Part[] {
  const whole: Part = { begin: undefined, end: undefined, step: 1, kind: 'range' };
  const used = items.filter((item) => !isEllipsis(item) && !isNone(item)).length;
  if (used > rank) return o.c.refuse('it picks from more axes than there are');
  const missing = Array.from({ length: rank - used }, () => whole);
  const parts = items.flatMap((item) => (isEllipsis(item) ? missing : [partOf(o, item)]));
  return items.some(isEllipsis) ? parts : [...parts, ...missing];
}

const isEllipsis = (item: Value): boolean =>
  item.kind === 'ellipsis' || (item.kind === 'value' && item.value === 'Ellipsis');
const isNone = (item: Value): boolean => item.kind === 'value' && item.value === null;

function partOf(o: OperationCall, item: Value): Part {
  if (isNone(item)) return { begin: undefined, end: undefined, step: 1, kind: 'new' };
  const int = (value: Value): number | undefined => {
    const json = o.plain(value);
    if (json === null) return undefined;
    return Number.isSafeInteger(json)
      ? Number(json)
      : o.c.refuse('it picks by something else than whole numbers');
  };
  if (item.kind === 'slice')
    return { begin: int(item.start), end: int(item.stop), step: int(item.step) ?? 1, kind: 'range' };
  return { begin: int(item), end: undefined, step: 1, kind: 'index' };
}
