import { Lanes } from '@main/flow/lanes';
import { describe, expect, it } from 'vitest';

/** Work that ends when it is told to. */
function gate(): { readonly work: () => Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { work: () => opened, open: () => open() };
}

describe('lanes', () => {
  it('let in one at a time, the smallest order first, and of equals the first that came', async () => {
    const lanes = new Lanes();
    const order: string[] = [];
    const first = gate();
    const step = (name: string) => () => {
      order.push(name);
      return Promise.resolve();
    };
    const all = [
      lanes.hold('phone', 1, undefined, first.work),
      lanes.hold('phone', 5, undefined, step('late')),
      lanes.hold('phone', 2, undefined, step('two')),
      lanes.hold('phone', 2, undefined, step('two again')),
      lanes.hold('phone', 0, undefined, step('zero')),
    ];
    expect(lanes.isBusy('phone')).toBe(true);
    first.open();
    await Promise.all(all);
    expect(order).toEqual(['zero', 'two', 'two again', 'late']);
    expect(lanes.isBusy('phone')).toBe(false);
  });

  it('do not wait for each other, not for one that never ends', async () => {
    const lanes = new Lanes();
    void lanes.hold('sick', 0, undefined, () => new Promise(() => undefined));
    await expect(lanes.hold('well', 0, undefined, () => Promise.resolve('done'))).resolves.toBe('done');
  });

  it('go on after work that failed, and without those that did not want to wait any longer', async () => {
    const lanes = new Lanes();
    const first = gate();
    const stop = new AbortController();
    const failed = lanes.hold('phone', 0, undefined, async () => {
      await first.work();
      throw new Error('no use');
    });
    const gone = lanes.hold('phone', 1, stop.signal, () => Promise.resolve('never'));
    const last = lanes.hold('phone', 2, undefined, () => Promise.resolve('last'));
    stop.abort(new Error('changed my mind'));
    await expect(gone).rejects.toThrow('changed my mind');
    first.open();
    await expect(failed).rejects.toThrow('no use');
    await expect(last).resolves.toBe('last');
  });
});
