import { randomUUID } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { nodeClock } from '@main/platform/node/clock';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { androidGpuDelegate, tfliteLibrary } from '@main/platform/node/native-parts';
import { LocalTarget } from '@main/platform/tflite-runner/local-target';
import type { DeviceRunner } from '@main/ports/device-runner';
import type { RunnerTarget } from '@main/ports/runner-target';
import { measure, parseProfile, runnerOf } from '@main/services/bench';
import { modelBytes } from '@main/services/convert';
import { DeviceTarget } from '@main/services/device/device-target';
import { delegateText, type DelegateChoice } from '@shared/model/delegate';
import type { Run } from '@shared/model/run';
import { latencyOfLaunches } from '@shared/statistics/latency-summary';
import { BenchRecord } from '@test/support/bench-record';
import { buildExternalDelegate } from '@test/support/external-delegate';
import { Golden, goldenFolder } from '@test/support/golden';
import { freePort } from '@test/support/own-adb-server';
import { appRoot, ourRunner, prepareRunner, runnerParts } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { chainModel } from '@test/support/tiny-model';
import {
  adb as adbProgram,
  prepareDevices,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';
import { GPU_ALL, GPU_PART, NEWEST, REFUSED } from '../main/services/bench/benchmark-model/transcripts';

const missingHere = prepareRunner() ?? (goldenFolder ? undefined : 'no golden models beside this checkout');

const profile = parseProfile(
  JSON.parse(readFileSync(join(appRoot, 'resources/profiles/quick.json'), 'utf8')),
  { warmup: { runs: 1, seconds: 0 }, samplesPerLaunch: 5, secondsPerLaunch: 0, cooldown: { seconds: 0 } },
);

async function runOf(
  target: RunnerTarget,
  delegate: DelegateChoice,
  runner: DeviceRunner,
  model = new Golden('digits_cnn').path('ref/float32.tflite'),
): Promise<Run> {
  const file = await nodeLocalFiles.identify(model);
  const record = new BenchRecord();
  const problems = await measure(
    nodeClock,
    {
      planId: randomUUID(),
      variants: [
        {
          name: 'digits',
          model: { hash: 'a'.repeat(64), name: 'digits', format: 'saved-model', bytes: 1 },
          variant: { hash: file.sha256, recipe: 'float32', bytes: file.bytes },
          file,
        },
      ],
      targets: [target],
      threads: [1],
      runner,
      delegates: [delegate],
      profile,
      prepare: false,
      appVersion: '0.0.0',
      newId: randomUUID,
    },
    record,
    record.onEvent,
  );
  if (problems[0]) throw problems[0].error;
  const [run] = record.runs();
  if (!run) throw new Error('no run was made');
  return run;
}

describe.skipIf(missingHere)(
  `delegates on this computer${missingHere ? ` (skipped: ${missingHere})` : ''}`,
  () => {
    const here = new LocalTarget(nodeLocalFiles);

    it('takes an external delegate from its library, with its options, and tells how much of the model it took', async () => {
      const library = buildExternalDelegate();
      const options = { runtime: tfliteLibrary().path };
      const run = await runOf(here, { kind: 'external', library, options }, ourRunner());
      expect(run).toMatchObject({
        status: 'completed',
        provenance: { delegateAsked: 'external', delegateGot: 'mixed' },
      });
      const { delegatedOps = 0, totalOps = 0, partitions = 0 } = run.provenance;
      expect(delegatedOps).toBeGreaterThan(0);
      expect(delegatedOps).toBeLessThan(totalOps);
      expect(partitions).toBeGreaterThan(0);
      expect(delegateText(run.provenance)).toBe(
        `external delegate was asked for: ${delegatedOps} of ${totalOps} operators ran there in ${partitions} pieces, the rest on the CPU`,
      );
    });

    it.each<[string, DelegateChoice, RegExp]>([
      ['has no library of its own', { kind: 'external' }, /needs its library/],
      [
        'is not in its library',
        { kind: 'external', library: tfliteLibrary().path },
        /no tflite_plugin_create/,
      ],
      ['is for Android', { kind: 'gpu' }, /no GPU delegate for this-computer/],
      ['is not in the runtime', { kind: 'nnapi' }, /no NNAPI delegate/],
    ])('refuses a delegate that %s, and measures nothing in its name', async (_, delegate, reason) => {
      const run = await runOf(here, delegate, ourRunner());
      expect(['refused', 'failed']).toContain(run.status);
      expect(run.reason).toMatch(reason);
      expect(run.launches).toEqual([]);
      expect(run.provenance.delegateGot).toBe('cpu');
    });
  },
);

const missing =
  missingHere ??
  (tfliteLibrary('android-x86_64').found ? undefined : 'TensorFlow Lite for Android is not set up') ??
  prepareDevices();

describe.skipIf(missing)(
  `delegates and runners on a device${missing ? ` (skipped: ${missing})` : ''}`,
  () => {
    let port: number;
    let device: TestDevice;
    let target: DeviceTarget;
    let program: string;

    beforeAll(async () => {
      port = await freePort();
      const adb = new AdbkitAdb(port);
      await adb.list(); // starts the server
      device = startDevice(port);
      program = join(device.tmp, 'benchmark_model');
      const none = { leftovers: () => Promise.resolve([]) } as never;
      target = new DeviceTarget(device.serial, adb.connection(device.serial), nodeLocalFiles, none);
      await until(() =>
        target.fingerprint().then(
          () => true,
          () => false,
        ),
      );
    }, 120_000);
    afterEach(() => {
      if (!missing) rmSync(program, { force: true });
    });
    afterAll(() => {
      if (missing) return;
      stopDevice(device);
      adbProgram(port, 'kill-server');
    });

    it('reports NNAPI as the CPU where the device has none', async () => {
      const model = join(temporaryFolder(), 'chain.tflite');
      writeFileSync(model, await modelBytes(chainModel(3)));
      const run = await runOf(target, { kind: 'nnapi' }, ourRunner(), model);
      expect(run).toMatchObject({
        status: 'completed',
        provenance: { delegateAsked: 'nnapi', delegateGot: 'cpu', delegatedOps: 0 },
      });
      expect(delegateText(run.provenance)).toMatch(/NNAPI was asked for: no operator ran there/);
    });

    it('says why a delegate does not take a model at all', async () => {
      const run = await runOf(target, { kind: 'nnapi' }, ourRunner());
      expect(run).toMatchObject({ status: 'failed', launches: [] });
      expect(run.reason).toMatch(/only supports static-sized tensors/);
    });

    it.skipIf(!androidGpuDelegate('x86_64').found)('says which library of the GPU is missing', async () => {
      const run = await runOf(target, { kind: 'gpu' }, ourRunner());
      expect(run).toMatchObject({ status: 'failed', launches: [], provenance: { delegateGot: 'cpu' } });
      expect(run.reason).toMatch(/libGLESv3\.so/);
    });

    /** In benchmark_model's place: keeps its arguments, says what it is told to. */
    function standIn(transcript: string, status = 0): void {
      writeFileSync(
        program,
        `#!/bin/sh\necho "$@" >> /data/local/tmp/benchmark_model.args\ncat <<'END'\n${transcript}END\nexit ${status}\n`,
      );
      chmodSync(program, 0o755);
      rmSync(`${program}.args`, { force: true });
    }
    const theirs = () => runnerOf({ name: 'benchmark_model' }, runnerParts);

    it('finds benchmark_model on the device, and keeps what it tells as it tells it', async () => {
      standIn(NEWEST);
      const run = await runOf(target, { kind: 'xnnpack' }, theirs());
      expect(run).toMatchObject({
        status: 'completed',
        provenance: {
          runner: 'benchmark_model',
          runnerHash: (await nodeLocalFiles.identify(program)).sha256,
          delegateGot: 'xnnpack',
          delegatedOps: 8,
          totalOps: 9,
        },
        memory: { peakBytes: 8.25 * 2 ** 20 },
        launches: [{ samplesNs: [], initNs: 3_107_000, firstInferenceNs: 121_000, warmupRuns: 12_871 }],
      });
      expect(latencyOfLaunches(run.launches)).toMatchObject({
        samples: 25_620,
        meanNs: 38_701,
        p50Ns: 38_000,
        p90Ns: null,
        p95Ns: 42_000,
        p99Ns: null,
      });
      const flags = readFileSync(`${program}.args`, 'utf8');
      expect(flags).toContain('--use_xnnpack=true');
      expect(flags).toContain('--num_threads=1');
      expect(flags).toContain(`--num_runs=${profile.samplesPerLaunch}`);
      expect(run.provenance.flags).toContain('--use_xnnpack=true');
    });

    it('never reports as the GPU what was not all there', async () => {
      standIn(GPU_ALL);
      expect(await runOf(target, { kind: 'gpu' }, theirs())).toMatchObject({
        provenance: { delegateGot: 'gpu', delegatedOps: 31, totalOps: 31 },
      });
      standIn(GPU_PART);
      const part = await runOf(target, { kind: 'gpu' }, theirs());
      expect(delegateText(part.provenance)).toBe(
        'GPU was asked for: 37 of 64 operators ran there in 3 pieces, the rest on the CPU',
      );
      expect(part.provenance.delegateGot).toBe('mixed');
      standIn(NEWEST);
      expect((await runOf(target, { kind: 'gpu' }, theirs())).provenance.delegateGot).not.toBe('gpu');
    });

    it.each([
      ['refuses', REFUSED, 1, /Failed to load model nothing.tflite/],
      ['is killed', GPU_ALL, 137, /killed/],
      [
        'says less than it should',
        NEWEST.replace(/Inference \(avg\): .*/s, 'Inference (avg): 3'),
        0,
        /ends before its results/,
      ],
    ])('keeps a run that failed when benchmark_model %s', async (_, transcript, status, reason) => {
      standIn(`${transcript}\n`, status);
      const run = await runOf(target, { kind: 'xnnpack' }, theirs());
      expect(run.status).toBe('failed');
      expect(run.reason).toMatch(reason);
      expect(latencyOfLaunches(run.launches)).toBeUndefined();
    });

    it('says where it looked when there is no benchmark_model, and sends the one that is given', async () => {
      await expect(runOf(target, { kind: 'cpu' }, theirs())).rejects.toMatchObject({
        code: 'device.unsupported',
        message: expect.stringContaining('--benchmark-model') as string,
      });
      standIn(NEWEST.replace(/^.*XNNPACK.*\n/gm, ''));
      const local = join(device.tmp, 'own_program');
      writeFileSync(local, readFileSync(program));
      rmSync(program);
      const run = await runOf(
        target,
        { kind: 'cpu' },
        runnerOf({ name: 'benchmark_model', program: local }, runnerParts),
      );
      expect(run).toMatchObject({ status: 'completed', provenance: { delegateGot: 'cpu' } });
      expect(readFileSync(`${program}.args`, 'utf8')).toContain('--use_xnnpack=false');
    });
  },
);
