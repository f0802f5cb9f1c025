import { describe, expect, it } from 'vitest';
import { OutputErrorSum } from '@main/services/validate/output-error';

const values = (...numbers: number[]): Float64Array => Float64Array.from(numbers);

describe('the error of an output', () => {
  it('is what the formulas say', () => {
    const sum = new OutputErrorSum('y');
    sum.add(values(1, 2), values(1, 2.5), false);
    sum.add(values(-2, 0), values(-2, 0.5), false);
    const squares = { reference: 1 + 4 + 4, candidate: 1 + 6.25 + 4 + 0.25, error: 0.25 + 0.25 };
    const found = sum.result();
    expect(found).toMatchObject({ maxAbs: 0.5, meanAbs: 0.25, range: 4, top1Agreement: null });
    expect(found.snrDb).toBeCloseTo(10 * Math.log10(squares.reference / squares.error), 9);
    expect(found.psnrDb).toBeCloseTo(10 * Math.log10(16 / (squares.error / 4)), 9);
    expect(found.cosine).toBeCloseTo((1 + 5 + 4) / Math.sqrt(squares.reference * squares.candidate), 9);
  });

  it('has no SNR without any error, and no cosine below 1 for zeros', () => {
    const sum = new OutputErrorSum('y');
    sum.add(values(0, 0), values(0, 0), false);
    expect(sum.result()).toMatchObject({ maxAbs: 0, snrDb: null, cosine: 1 });
  });

  it('does not take an answer that is the same everywhere for agreement', () => {
    const sum = new OutputErrorSum('scores');
    for (let best = 0; best < 10; best++) {
      const scores = values(...Array.from({ length: 10 }, (_, i) => (i === best ? 1 : 0)));
      sum.add(scores, values(...Array.from({ length: 10 }, () => 0.1)), true);
    }
    expect(sum.result()).toMatchObject({ top1Agreement: 0.1, top5Agreement: 0.5 });
  });
});
