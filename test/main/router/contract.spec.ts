import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '@main/create-app';
import { contract, type EngineClient } from '@shared/api/contract';
import { wireErrorSchema } from '@shared/model/job';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, testApp } from '../../support/app';
import { appRoot, prepareRunner } from '../../support/runner';

const missing = prepareRunner();
const digits = join(appRoot, 'resources/samples/digits');

let folder: string;
let app: App;
let client: EngineClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgebench-router-'));
  ({ app, client } = await testApp(join(folder, 'data')));
}, 120_000);
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

type Procedure = (input?: unknown) => Promise<unknown>;
const procedures = Object.entries(contract).flatMap(([service, members]) =>
  Object.keys(members).map((name) => ({ service, name })),
);
const procedure = (service: string, name: string): Procedure =>
  (client as unknown as Record<string, Record<string, Procedure>>)[service]?.[name] as Procedure;

/** What a hostile page might send to any procedure. */
const hostile: readonly unknown[] = [
  null,
  42,
  'text',
  [],
  { __proto__: { polluted: true }, id: { $gt: '' } },
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
  { id: 'x'.repeat(100_000), ids: [], limit: 1e308, model: '', recipes: 'int8', extra: true },
  { limit: -1, before: Number.NaN, path: '\u0000', folder: 5, ids: [1, 2] },
];

describe('the contract on a running engine', () => {
  // Procedures without an input take nothing from a client, so there is nothing to send them.
  const takesInput = procedures.filter(({ service, name }) => {
    const member = (
      contract as unknown as Record<string, Record<string, { '~orpc': { inputSchema?: unknown } }>>
    )[service]?.[name];
    return member?.['~orpc'].inputSchema !== undefined;
  });

  it.each(takesInput)(
    '$service.$name refuses what does not fit, says the field, and changes nothing',
    async ({ service, name }) => {
      const before = [
        await client.models.list(),
        (await client.runs.list({ limit: 10 })).total,
        (await client.jobs.list()).length,
      ];
      for (const input of hostile) {
        const answer = await procedure(
          service,
          name,
        )(input).then(
          () => undefined,
          (error: unknown) => error as { data?: unknown },
        );
        // Some procedures take nearly anything (an empty filter): what they refuse, they refuse in one form.
        if (answer === undefined) continue;
        const wire = wireErrorSchema.safeParse(answer.data);
        expect(wire.success, `${service}.${name}(${JSON.stringify(input)?.slice(0, 80)})`).toBe(true);
        expect(wire.data?.message).not.toMatch(/\.ts:\d+|node_modules| at /);
      }
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect([
        await client.models.list(),
        (await client.runs.list({ limit: 10 })).total,
        (await client.jobs.list()).length,
      ]).toEqual(before);
    },
  );

  it('says what is not there', async () => {
    await expect(client.runs.get({ id: 'none' })).rejects.toMatchObject({ data: { code: 'run.not-found' } });
    await expect(client.jobs.cancel({ id: 'none' })).rejects.toMatchObject({
      data: { code: 'job.not-found' },
    });
    await expect(client.files.browse({ folder: join(folder, 'none') })).rejects.toMatchObject({
      data: { code: 'file.not-found' },
    });
    await expect(client.models.add({ path: join(folder, 'none') })).rejects.toMatchObject({
      data: { code: 'file.not-found' },
    });
  });

  it('lists folders with what they hold, models first', async () => {
    mkdirSync(join(folder, 'plain'));
    const { entries } = await client.files.browse({ folder: digits });
    expect(entries.filter(({ kind }) => kind === 'model').map(({ name }) => name)).toEqual([
      'digits.keras',
      'saved_model',
    ]);
    expect(entries[0]?.kind).toBe('model');
  });

  it.skipIf(missing)('converts, quantizes and validates the bundled model', async () => {
    const job = await client.jobs.convert({
      model: join(digits, 'saved_model'),
      recipes: ['float32', 'int8'],
      out: join(folder, 'out'),
      calibration: join(digits, 'calibration.npz'),
      data: join(digits, 'test.npz'),
    });
    const done = await ended(client, job);
    expect(done.error).toBeUndefined();
    expect(done.files.every((file) => existsSync(file))).toBe(true);
    const variants = await client.models.variants({ modelId: done.modelId });
    const int8 = variants.find(({ recipe }) => recipe === 'int8');
    expect(int8?.validation).toMatchObject({ status: 'passed', accuracy: { samples: 400 } });
    const { before = 0, after = 0 } = int8?.validation?.accuracy ?? {};
    expect(before).toBeGreaterThan(0.95);
    expect(Math.abs(before - after)).toBeLessThan(0.01);
    expect(readdirSync(join(folder, 'data', 'variants')).filter((name) => name.includes('.part'))).toEqual(
      [],
    );
  });

  it.skipIf(missing)(
    'measures on this computer, keeps the run with its raw samples, and exports it',
    async () => {
      const job = await client.jobs.benchmark({
        model: join(digits, 'saved_model'),
        recipes: ['float32'],
        devices: ['this-computer'],
        profile: 'demo',
      });
      const done = await ended(client, job);
      expect(done.error).toBeUndefined();
      const [id = ''] = done.runIds;
      const run = await client.runs.get({ id });
      const { launches } = await client.runs.samples({ id });
      expect(run.status).toBe('completed');
      expect(launches.flat().length).toBe(run.summary.latency?.samples);
      const { file } = await client.runs.export({ ids: [id], format: 'csv', out: join(folder, 'run.csv') });
      expect(existsSync(file)).toBe(true);
      const comparison = await client.compare.edgeCloud({ modelHash: done.modelId ?? '' });
      expect(comparison.targets.map((target) => target.id)).toEqual([id]);
      const history = await client.compare.history({ id });
      expect(history.points).toHaveLength(1);
    },
  );
});
