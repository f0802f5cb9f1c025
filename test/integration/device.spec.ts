import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { nodeClock } from '@main/platform/node/clock';
import { FolderLedger } from '@main/platform/node/device-ledger';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { tfliteLibrary } from '@main/platform/node/native-parts';
import type { DeviceLedger } from '@main/ports/device-ledger';
import { LocalTarget } from '@main/platform/tflite-runner/local-target';
import {
  measure,
  parseProfile,
  type BenchEvent,
  type BenchRequest,
  type BenchVariant,
} from '@main/services/bench';
import { DeviceService, THIS_COMPUTER } from '@main/services/device';
import type { Profile } from '@shared/model/profile';
import { encodeTensor, sampleOf } from '@shared/runner/tensor-stream';
import { BenchRecord } from '@test/support/bench-record';
import { Golden, goldenFolder, maxAbsDifference } from '@test/support/golden';
import { appRoot, ourRunner, prepareRunner } from '@test/support/runner';
import { temporaryFolder } from '@test/support/temporary-folder';
import { freePort } from '@test/support/own-adb-server';
import {
  adb as adbProgram,
  fault,
  prepareDevices,
  recover,
  setDevice,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

const missing =
  prepareRunner() ??
  (goldenFolder ? undefined : 'no golden models beside this checkout') ??
  (tfliteLibrary('android-x86_64').found ? undefined : 'TensorFlow Lite for Android is not set up') ??
  prepareDevices();

const quick = parseProfile(JSON.parse(readFileSync(join(appRoot, 'resources/profiles/quick.json'), 'utf8')));
const short: Profile = {
  ...quick,
  warmup: { runs: 1, seconds: 0 },
  samplesPerLaunch: 64,
  secondsPerLaunch: 0,
  launches: 2,
  cooldown: { seconds: 0 },
  gate: { waitSeconds: 0, thermalStatus: 2, batteryPercent: 15 },
};
const long: Profile = { ...short, secondsPerLaunch: 20, launches: 1 };

describe.skipIf(missing)(`benchmarks on devices${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let port: number;
  let first: TestDevice;
  let second: TestDevice;
  let service: DeviceService;
  let ledger: DeviceLedger;
  let ledgerFolder: string;

  beforeAll(async () => {
    port = await freePort();
    ledgerFolder = mkdtempSync(join(tmpdir(), 'edgebench-ledger-'));
    ledger = new FolderLedger(ledgerFolder);
    const adb = new AdbkitAdb(port);
    service = new DeviceService({
      adb,
      files: nodeLocalFiles,
      ledger,
      thisComputer: new LocalTarget(nodeLocalFiles),
    });
    await adb.list(); // starts the server
    first = startDevice(port);
    second = startDevice(port);
    await isReady(first);
    await isReady(second);
  }, 120_000);
  afterEach(async () => {
    if (missing) return;
    for (const device of [first, second]) {
      recover(device);
      setDevice(device, 'thermal.status=0', 'battery.level=87');
      await isReady(device);
    }
  }, 90_000);
  afterAll(() => {
    if (missing) return;
    for (const device of [first, second]) stopDevice(device);
    adbProgram(port, 'kill-server');
    rmSync(ledgerFolder, { recursive: true });
  });

  const isReady = (device: TestDevice): Promise<void> =>
    until(async () => {
      const { devices } = await service.list();
      return devices.some(({ serial, ready }) => serial === device.serial && ready);
    }, 60_000);

  const golden = (): Golden => new Golden('digits_cnn');

  /** A tensor stream of the golden model's first sample, and its answers to all of them. */
  const realInput = () => {
    const model = golden();
    const recorded = model.doc.reference['float32']!.run.signatures['serving_default']!;
    const [[name, all]] = Object.entries(model.tensors(recorded.inputs)) as [[string, never]];
    const inputs = join(temporaryFolder(), 'input.tensors');
    writeFileSync(inputs, encodeTensor({ name, tensor: sampleOf(all, 0) }));
    return { inputs, expected: Object.values(model.tensors(recorded.outputs))[0]! };
  };

  const variant = async (mode: string, inputs?: string): Promise<BenchVariant> => {
    const file = await nodeLocalFiles.identify(golden().path(golden().doc.reference[mode]!.file));
    return {
      name: `digits ${mode}`,
      model: { hash: 'a'.repeat(64), name: 'digits', format: 'saved-model', bytes: 1 },
      variant: { hash: file.sha256, recipe: mode, bytes: file.bytes },
      file,
      ...(inputs === undefined
        ? {}
        : { inputs: { stream: await nodeLocalFiles.identify(inputs), tensors: [] } }),
    };
  };

  const request = async (
    serials: string[],
    variants: BenchVariant[],
    profile: Profile,
  ): Promise<BenchRequest> => ({
    planId: randomUUID(),
    variants,
    targets: await Promise.all(serials.map((serial) => service.target(serial))),
    threads: [1],
    runner: ourRunner(),
    delegates: [{ kind: 'xnnpack' }],
    profile,
    prepare: true,
    appVersion: '0.0.0',
    newId: randomUUID,
  });

  it('lists each device with what it is and how it is', async () => {
    setDevice(first, 'battery.level=42');
    const { devices, problem } = await service.list();
    expect(problem).toBeUndefined();
    const entry = devices.find(({ serial }) => serial === first.serial);
    expect(entry).toMatchObject({
      title: 'Google sdk_gphone64_x86_64 (simulated)',
      state: 'device',
      ready: true,
      fingerprint: { kind: 'android', abis: ['x86_64'], sdk: 34, osVersion: '14', ramBytes: 2030144 * 1024 },
      conditions: { batteryPercent: 42, thermalStatus: 0, charging: true },
    });
    expect(entry?.fingerprint?.clusters).toEqual([{ cores: [0, 1, 2, 3], maxKHz: 2_400_000 }]);
    expect(devices.at(-1)).toMatchObject({ serial: THIS_COMPUTER, ready: true });
  });

  it('measures on two devices and this computer at once, and gives back real outputs', async () => {
    const { inputs, expected } = realInput();
    const variants = [await variant('float32', inputs), await variant('int8')];
    const record = new BenchRecord();
    const problems = await measure(
      nodeClock,
      await request([first.serial, second.serial, THIS_COMPUTER], variants, short),
      record,
      record.onEvent,
    );
    expect(problems).toEqual([]);
    expect(record.runs().length).toBe(6);
    for (const run of record.runs()) {
      expect(run).toMatchObject({ status: 'completed', threads: 1 });
      expect(run.launches.map(({ status, samplesNs }) => [status, samplesNs.length >= 64])).toEqual([
        ['completed', true],
        ['completed', true],
      ]);
      expect(run.provenance).toMatchObject({
        runtime: 'TFLite 2.21.0',
        delegateAsked: 'xnnpack',
        delegateGot: 'xnnpack',
      });
      expect(run.memory?.steadyBytes).toBeGreaterThan(0);
      expect(run.launches.every(({ samplesNs }) => samplesNs.every((ns) => ns > 0))).toBe(true);
    }
    const outputs = record.runs().flatMap(({ id }) => Object.values(record.extras(id)?.firstOutputs ?? {}));
    expect(outputs.length).toBe(3);
    for (const output of outputs)
      expect(maxAbsDifference(output, sampleOf(expected, 0))).toBeLessThanOrEqual(1e-5);

    const again = new BenchRecord();
    await measure(nodeClock, await request([first.serial], variants, short), again, again.onEvent);
    expect(again.events('sending')).toEqual([]);
  });

  it('keeps what was measured when the cable is pulled, and does not disturb the other device', async () => {
    const record = new BenchRecord();
    let pulled = false;
    const onEvent = (event: BenchEvent): void => {
      record.onEvent(event);
      if (event.kind !== 'samples' || event.serial !== first.serial || pulled) return;
      pulled = true;
      fault(first, 'offline');
    };
    const plan = await request([first.serial, second.serial], [await variant('float32')], {
      ...long,
      secondsPerLaunch: 4,
    });
    const problems = await measure(nodeClock, plan, record, onEvent);
    expect(problems).toMatchObject([{ serial: first.serial, error: { code: 'device.lost' } }]);
    const [lost] = record.runs().filter(({ device }) => device.serial === first.serial);
    expect(lost).toMatchObject({ status: 'interrupted', launches: [{ status: 'interrupted' }] });
    expect(lost!.launches[0]!.samplesNs.length).toBeGreaterThan(0);
    const [other] = record.runs().filter(({ device }) => device.serial === second.serial);
    expect(other).toMatchObject({ status: 'completed' });
  });

  it('keeps what was measured when the runner is killed, and goes on with the next variant', async () => {
    const record = new BenchRecord();
    let killed = false;
    const onEvent = (event: BenchEvent): void => {
      record.onEvent(event);
      if (event.kind !== 'samples' || killed) return;
      killed = true;
      fault(first, 'kill', '--match', 'edgebench');
    };
    const variants = [await variant('float32'), await variant('float16')];
    await measure(
      nodeClock,
      await request([first.serial], variants, { ...long, secondsPerLaunch: 4 }),
      record,
      onEvent,
    );
    const [one, two] = record.runs();
    expect(one).toMatchObject({ status: 'interrupted', reason: expect.stringContaining('killed') as string });
    expect(one!.launches[0]!.samplesNs.length).toBeGreaterThan(0);
    expect(two).toMatchObject({ status: 'completed' });
  });

  it('refuses what does not fit on the device, with what is needed and what is free', async () => {
    fault(second, 'full', '--leave', '8k');
    const big = join(temporaryFolder(), 'big.tflite');
    const float32 = await variant('float32');
    writeFileSync(big, Buffer.concat([readFileSync(float32.file.path), Buffer.alloc(1 << 20, 7)]));
    const record = new BenchRecord();
    const plan = await request(
      [second.serial],
      [{ ...float32, file: await nodeLocalFiles.identify(big) }],
      short,
    );
    await measure(nodeClock, plan, record, record.onEvent);
    expect(record.runs()).toMatchObject([
      { status: 'refused', reason: expect.stringMatching(/KiB free .* needed/) as string, launches: [] },
    ]);
    expect(readdirSync(join(second.tmp, 'edgebench')).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('says so where programs may not be started, and leaves the other device alone', async () => {
    fault(first, 'noexec');
    const record = new BenchRecord();
    const plan = await request([first.serial, second.serial], [await variant('float32')], short);
    const problems = await measure(nodeClock, plan, record, record.onEvent);
    expect(problems).toMatchObject([
      {
        serial: first.serial,
        error: {
          code: 'device.unsupported',
          message: expect.stringMatching(/does not start.*denied/i) as string,
        },
      },
    ]);
    expect(record.runs()).toMatchObject([{ status: 'completed', device: { serial: second.serial } }]);
  });

  it('says so when there is no room for the result', async () => {
    const { inputs } = realInput();
    const record = new BenchRecord();
    const onEvent = (event: BenchEvent): void => {
      record.onEvent(event);
      if (event.kind === 'launching') fault(first, 'full');
    };
    const plan = await request([first.serial], [await variant('float32', inputs)], short);
    await measure(nodeClock, plan, record, onEvent);
    const [run] = record.runs();
    expect(run).toMatchObject({ status: 'failed', reason: expect.stringMatching(/room|space/i) as string });
    expect(readdirSync(join(first.tmp, 'edgebench')).filter((name) => name.startsWith('out-'))).toEqual([]);
  });

  it('tells the energy of an inference where the device meters its power rails', async () => {
    const used = 600_000;
    const record = new BenchRecord();
    const onEvent = (event: BenchEvent): void => {
      record.onEvent(event);
      if (event.kind === 'samples' && record.events('samples').length === 1)
        setDevice(first, `rail.S2M_VDD_CPUCL0=${81_000_000 + used}`, 'rail.VSYS_PWR_DISPLAY=999000000');
    };
    const plan = await request([first.serial], [await variant('float32')], { ...long, secondsPerLaunch: 2 });
    await measure(nodeClock, plan, record, onEvent);
    const [run] = record.runs();
    const [launch] = run!.launches;
    const inferences = launch!.samplesNs.length + launch!.warmupRuns + 1;
    expect(run!.energy).toEqual({
      microJoules: used / inferences,
      valid: true,
      source: 'power rails S1M_VDD_MIF + S2M_VDD_CPUCL0',
    });
  });

  it('quarantines a launch in which the device got hot, and begins none when it is too hot', async () => {
    const record = new BenchRecord();
    const onEvent = (event: BenchEvent): void => {
      record.onEvent(event);
      if (event.kind === 'samples' && record.events('samples').length === 1)
        setDevice(first, 'thermal.status=1');
    };
    const variants = [await variant('float32')];
    await measure(
      nodeClock,
      await request([first.serial], variants, { ...long, secondsPerLaunch: 3 }),
      record,
      onEvent,
    );
    expect(record.runs()).toMatchObject([
      { status: 'quarantined', reason: expect.stringContaining('thermal status from 0 to 1') as string },
    ]);
    expect(record.runs()[0]!.launches[0]!.samplesNs.length).toBeGreaterThanOrEqual(64);
    setDevice(first, 'thermal.status=4');
    const hot = new BenchRecord();
    await measure(nodeClock, await request([first.serial], variants, short), hot, hot.onEvent);
    expect(hot.runs()).toMatchObject([
      { status: 'quarantined', reason: expect.stringContaining('too hot') as string },
    ]);
    expect(hot.runs()[0]!.launches[0]!.samplesNs).toEqual([]);
  });

  it('sends a file again that was changed on the device', async () => {
    const float32 = await variant('float32');
    const record = new BenchRecord();
    await measure(nodeClock, await request([first.serial], [float32], short), record, record.onEvent);
    const there = join(first.tmp, 'edgebench', float32.file.sha256);
    const bytes = readFileSync(there);
    bytes[100] = bytes[100]! ^ 1;
    chmodSync(there, 0o666);
    writeFileSync(there, bytes);
    const again = new BenchRecord();
    await measure(nodeClock, await request([first.serial], [float32], short), again, again.onEvent);
    expect(again.events('sending').length).toBeGreaterThan(0);
    expect(again.runs()).toMatchObject([{ status: 'completed' }]);
    expect(readFileSync(there)).toEqual(readFileSync(float32.file.path));
  });

  it('ends soon when cancelled, with what was measured, and leaves nothing running', async () => {
    const record = new BenchRecord();
    const controller = new AbortController();
    const onEvent = (event: BenchEvent): void => {
      record.onEvent(event);
      if (event.kind === 'samples') controller.abort();
    };
    const plan = await request([first.serial], [await variant('float32')], long);
    await expect(measure(nodeClock, plan, record, onEvent, controller.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(record.runs()).toMatchObject([{ status: 'interrupted', reason: 'cancelled' }]);
    expect(record.runs()[0]!.launches[0]!.samplesNs.length).toBeGreaterThan(0);
    await until(
      () =>
        Promise.resolve(
          !adbProgram(port, '-s', first.serial, 'shell', 'ps -A -o ARGS').includes('--min-samples'),
        ),
      5000,
    );
  });

  it('says what to do about a device that does not trust this computer', async () => {
    fault(second, 'unauthorized');
    await until(async () => {
      const { devices } = await service.list();
      return devices.some(({ serial, state }) => serial === second.serial && state === 'unauthorized');
    });
    await expect(service.target(second.serial)).rejects.toMatchObject({
      code: 'device.not-ready',
      message: expect.stringContaining('allow USB debugging') as string,
    });
  });
});
