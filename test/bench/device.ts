import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdbkitAdb } from '@main/platform/adbkit/adbkit-adb';
import { nodeLocalFiles } from '@main/platform/node/local-files';
import { LocalTarget } from '@main/platform/tflite-runner/local-target';
import { RunnerParts } from '@main/platform/tflite-runner/parts';
import { runProgram } from '@main/services/bench/runners/edgebench/run-program';
import { DeviceStore } from '@main/services/device/store';
import {
  adb as adbProgram,
  freePort,
  prepareDevices,
  startDevice,
  stopDevice,
  until,
  type TestDevice,
} from '@test/support/test-device';

const MIB = 1 << 20;
const PUSH_MIB = 100;
const PUSH_ROUNDS = 5;
const TRACKED = 8;
const TRACK_MS = 20_000;
const LOOP_ROUNDS = 9;
const LOOP_RUNS = 4000;

const [root = '.', loopProgram = '', model = ''] = process.argv.slice(2);
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const say = (what: string, figure: string, bar: string, holds: boolean): void =>
  console.log(`${holds ? 'holds ' : 'FAILS '} ${what.padEnd(58)} ${figure.padStart(26)}   bar: ${bar}`);
const seconds = async (act: () => unknown): Promise<number> => {
  const from = performance.now();
  await act();
  return (performance.now() - from) / 1000;
};

async function pushes(port: number, adb: AdbkitAdb, device: TestDevice, folder: string): Promise<void> {
  const connection = adb.connection(device.serial);
  const file = join(folder, 'pushed.bin');
  writeFileSync(file, randomBytes(PUSH_MIB * MIB));
  const [ours, theirs]: [number[], number[]] = [[], []];
  let peak = 0;
  for (let round = 0; round < PUSH_ROUNDS; round++) {
    // Turn about, so that what else the machine does falls on both.
    const push = async (): Promise<void> => {
      const before = process.memoryUsage().rss;
      ours.push(
        await seconds(() =>
          connection.push({
            contents: nodeLocalFiles.read(file),
            path: '/data/local/tmp/ours.bin',
            stallMs: 20_000,
            onSent: () => (peak = Math.max(peak, process.memoryUsage.rss() - before)),
          }),
        ),
      );
    };
    const adbPush = async (): Promise<void> => {
      theirs.push(
        await seconds(() =>
          adbProgram(port, '-s', device.serial, 'push', file, '/data/local/tmp/theirs.bin'),
        ),
      );
    };
    for (const act of round % 2 === 0 ? [push, adbPush] : [adbPush, push]) await act();
  }
  const ratio = median(theirs) / median(ours);
  const rate = (PUSH_MIB / median(ours)).toFixed(0);
  say('push rate against adb push', `${ratio.toFixed(2)} (${rate} MiB/s)`, '>= 0.95', ratio >= 0.95);
  say('memory while pushing, above before', `${(peak / MIB).toFixed(0)} MiB`, '<= 64 MiB', peak <= 64 * MIB);
  const store = new DeviceStore(connection, nodeLocalFiles);
  const local = await nodeLocalFiles.identify(file);
  await store.put(local, false);
  const again: number[] = [];
  for (let i = 0; i < 9; i++) again.push((await seconds(() => store.put(local, false))) * 1000);
  say('second push of a file', `${median(again).toFixed(1)} ms`, '<= 150 ms', median(again) <= 150);
}

async function tracking(port: number, adb: AdbkitAdb, first: TestDevice): Promise<void> {
  const more = Array.from({ length: TRACKED - 1 }, () => startDevice(port));
  try {
    await until(async () => (await adb.list()).filter(({ state }) => state === 'device').length === TRACKED);
    const stop = new AbortController();
    let changes = 0;
    const watching = adb.watch(() => changes++, stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, TRACK_MS));
    const { user, system } = process.cpuUsage(before);
    stop.abort();
    await watching;
    const share = ((user + system) / 1000 / TRACK_MS) * 100;
    say(`${TRACKED} devices tracked while idle`, `${share.toFixed(2)} % of a core`, '< 1 %', share < 1);
  } finally {
    for (const device of [...more, first]) stopDevice(device);
  }
}

async function timing(): Promise<void> {
  const parts = new RunnerParts(root);
  const target = new LocalTarget(nodeLocalFiles);
  const { runner, library } = parts.files();
  const [ours, theirs, clocks]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < LOOP_ROUNDS; round++) {
    const run = async (): Promise<void> => {
      const samples: number[] = [];
      await runProgram(
        target,
        { command: [runner], library },
        {
          mode: 'bench',
          options: {
            model,
            threads: 1,
            delegate: 'none',
            'warmup-runs': LOOP_RUNS,
            'warmup-seconds': 0,
            'min-samples': LOOP_RUNS,
            'min-seconds': 0,
            'state-seconds': undefined,
          },
          onEvent: (event) => {
            if (event.ev === 'samples') samples.push(...event.ns);
          },
          timeoutMs: 120_000,
        },
      );
      ours.push(samples.reduce((sum, ns) => sum + ns, 0) / samples.length);
    };
    const loop = (): Promise<void> => {
      const told = execFileSync(loopProgram, [library, model, String(LOOP_RUNS), String(LOOP_RUNS)], {
        encoding: 'utf8',
      });
      const [inference = Number.NaN, clock = Number.NaN] = told.trim().split(' ').map(Number);
      theirs.push(inference);
      clocks.push(clock);
      return Promise.resolve();
    };
    for (const act of round % 2 === 0 ? [run, loop] : [loop, run]) await act();
  }
  // The least of many rounds is what the code takes; the rest is what else the machine does.
  const [mine, other] = [Math.min(...ours), Math.min(...theirs)];
  const off = (mine / other - 1) * 100;
  const text = `${off >= 0 ? '+' : ''}${off.toFixed(2)} % of ${(other / 1000).toFixed(1)} us`;
  say("runner's mean against a loop of its own", text, 'within 1 %', Math.abs(off) <= 1);
  say(
    'clock readings in the timed region',
    `${median(clocks).toFixed(0)} ns`,
    '<= 1000 ns',
    median(clocks) <= 1000,
  );
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'edgebench-bench-device-'));
  console.log(
    `Load of the machine at the start: ${readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? ''}`,
  );
  try {
    await timing();
    const missing = prepareDevices();
    if (missing !== undefined) {
      console.log(`No figures of devices: ${missing}.`);
      return;
    }
    const port = await freePort();
    const adb = new AdbkitAdb(port);
    await adb.list();
    const device = startDevice(port, '--tmp-size', '1g');
    try {
      await until(async () => (await adb.list()).some(({ state }) => state === 'device'));
      await pushes(port, adb, device, folder);
      await tracking(port, adb, device);
    } finally {
      adbProgram(port, 'kill-server');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
