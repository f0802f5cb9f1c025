import { Jobs } from '@main/flow/jobs';
import { AppError } from '@shared/error/app-error';
import type { Job } from '@shared/model/job';
import { describe, expect, it, vi } from 'vitest';

async function collect(jobs: Jobs, id: string): Promise<Job[]> {
  const seen: Job[] = [];
  for await (const job of jobs.watch(id)) seen.push(job);
  return seen;
}

describe('jobs', () => {
  it('tells a watcher of the end, with what the job made', async () => {
    const jobs = new Jobs();
    const { id } = jobs.start({
      kind: 'convert',
      title: 'one',
      run: (job) => {
        job.note({ files: ['a.tflite'] });
        return Promise.resolve();
      },
    });
    const last = (await collect(jobs, id)).at(-1);
    expect(last).toMatchObject({ state: 'done', files: ['a.tflite'] });
    expect(last?.endedAt).toBeDefined();
  });

  it('keeps an AppError whole, and hides what a bug says', async () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const jobs = new Jobs();
    const known = jobs.start({
      kind: 'convert',
      title: 'known',
      run: () =>
        Promise.reject(new AppError('model.unreadable', 'Damaged at byte 7.', { details: { at: 7 } })),
    });
    const bug = jobs.start({
      kind: 'convert',
      title: 'bug',
      run: () => Promise.reject(new TypeError('x is undefined')),
    });
    expect((await collect(jobs, known.id)).at(-1)?.error).toEqual({
      code: 'model.unreadable',
      message: 'Damaged at byte 7.',
      details: { at: 7 },
    });
    const failed = (await collect(jobs, bug.id)).at(-1);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'engine.lost' } });
    expect(failed?.error?.message).not.toContain('undefined');
    expect(silent).toHaveBeenCalledOnce();
    silent.mockRestore();
  });

  it('cancels a job that waits for its lane, and one that runs', async () => {
    const jobs = new Jobs();
    const order: string[] = [];
    const until = (signal: AbortSignal): Promise<void> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const first = jobs.start({
      kind: 'benchmark',
      title: 'first',
      lane: 'measure',
      run: ({ signal }) => until(signal),
    });
    const second = jobs.start({
      kind: 'benchmark',
      title: 'second',
      lane: 'measure',
      run: () => {
        order.push('second ran');
        return Promise.resolve();
      },
    });
    jobs.cancel(second.id);
    jobs.cancel(first.id);
    expect((await collect(jobs, first.id)).at(-1)?.state).toBe('cancelled');
    expect((await collect(jobs, second.id)).at(-1)?.state).toBe('cancelled');
    expect(order).toEqual([]);
  });

  it('runs jobs of one lane one after the other, and others at once', async () => {
    const jobs = new Jobs();
    const order: string[] = [];
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const step = (name: string, wait?: Promise<void>) => async (): Promise<void> => {
      order.push(`${name} begins`);
      await wait;
      order.push(`${name} ends`);
    };
    jobs.start({ kind: 'benchmark', title: 'a', lane: 'measure', run: step('a', gate) });
    const b = jobs.start({ kind: 'benchmark', title: 'b', lane: 'measure', run: step('b') });
    const c = jobs.start({ kind: 'convert', title: 'c', run: step('c') });
    await collect(jobs, c.id);
    release?.();
    await collect(jobs, b.id);
    expect(order).toEqual(['a begins', 'c begins', 'c ends', 'a ends', 'b begins', 'b ends']);
  });

  it('says that a job is not there', async () => {
    const jobs = new Jobs();
    expect(() => jobs.cancel('none')).toThrow(expect.objectContaining({ code: 'job.not-found' }));
    await expect(jobs.watch('none').next()).rejects.toMatchObject({ code: 'job.not-found' });
  });
});
