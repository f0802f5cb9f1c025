import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PlanEntry } from '@shared/model/queue';
import { freePort } from '@test/support/own-adb-server';
import { appRoot } from '@test/support/runner';
import { sqliteMissing } from '@test/support/sqlite';
import { temporaryFolder } from '@test/support/temporary-folder';
import { runCli } from '@test/support/test-cli';

const digits = join(appRoot, 'resources/samples/digits/digits.keras');

describe.skipIf(sqliteMissing)(`the queue by command ${sqliteMissing ?? ''}`, () => {
  it('keeps what is queued over commands: listed, paused, resumed, cancelled, each by the beginning of its id', async () => {
    const [dataDir, port] = [temporaryFolder(), await freePort()];
    const cli = (...args: string[]) => runCli(dataDir, port, args);
    const matrix = ['--variants', 'float32,int8', '--threads', '1,2', '--delegates', 'cpu,xnnpack'];
    const queued = await cli(
      'bench',
      digits,
      '--devices',
      'this-computer,phone',
      ...matrix,
      '--queue',
      '--json',
    );
    expect(queued).toMatchObject({ status: 0 });
    const plan = JSON.parse(queued.output) as PlanEntry;
    expect(plan).toMatchObject({ title: 'Benchmark digits: float32, int8', active: false });
    expect(plan.parts.map(({ serial, state }) => [serial, state])).toEqual([
      ['phone', 'queued'],
      ['this-computer', 'queued'],
    ]);
    const states = async (...args: string[]): Promise<string[]> => {
      const told = await cli('queue', ...args, '--json');
      expect(told).toMatchObject({ status: 0 });
      const { plans } = JSON.parse(told.output) as { plans: PlanEntry[] };
      return plans.flatMap(({ parts }) => parts.map(({ state }) => state));
    };
    const id = plan.id.slice(0, 8);
    expect(await states('pause', id, '--device', 'phone')).toEqual(['paused', 'queued']);
    expect(await states('resume', id)).toEqual(['queued', 'queued']);
    expect(await states('cancel', id)).toEqual(['cancelled', 'cancelled']);
    expect(await states('list')).toEqual(['cancelled', 'cancelled']);
    expect((await cli('queue', 'run')).status).toBe(0);
    const unknown = await cli('queue', 'pause', 'nothing');
    expect(unknown.status).toBe(1);
    expect(unknown.errors).toContain('There is no plan "nothing" in the queue');
    expect((await cli('bench', digits, '--threads', '1,x', '--queue')).status).toBe(2);
  }, 120_000);
});
