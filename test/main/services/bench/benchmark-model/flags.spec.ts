import { describe, expect, it } from 'vitest';
import type { RunnerSettings } from '@main/ports/device-runner';
import {
  argumentsOf,
  commonFlags,
  encodeInput,
  launchFlags,
} from '@main/services/bench/runners/benchmark-model/flags';
import { parseProfile } from '@main/services/bench';
import standard from '../../../../../resources/profiles/standard.json';

const settings: RunnerSettings = { modelPath: '/m.tflite', threads: 4, delegate: { kind: 'xnnpack' } };
const flagsOf = (more: Partial<RunnerSettings>, library?: string): string[] =>
  argumentsOf(commonFlags({ ...settings, ...more }, library));

describe("benchmark_model's flags", () => {
  it('name the delegate, and ask for the built-in kernels, as XNNPACK is on by itself', () => {
    expect(flagsOf({})).toEqual(['--graph=/m.tflite', '--num_threads=4', '--use_xnnpack=true']);
    expect(flagsOf({ delegate: { kind: 'cpu' } })).toContain('--use_xnnpack=false');
    expect(flagsOf({ delegate: { kind: 'gpu' } })).toContain('--use_gpu=true');
    expect(flagsOf({ delegate: { kind: 'nnapi' } })).toContain('--use_nnapi=true');
  });

  it("carry delegates' options under the tool's names, and refuse others", () => {
    const options = { precision_loss_allowed: '1', backend: 'cl' };
    expect(flagsOf({ delegate: { kind: 'gpu', options } })).toEqual(
      expect.arrayContaining(['--gpu_precision_loss_allowed=1', '--gpu_backend=cl']),
    );
    const external = flagsOf({ delegate: { kind: 'external', options: { a: '1', b: 'x' } } }, '/d.so');
    expect(external).toEqual(
      expect.arrayContaining(['--external_delegate_path=/d.so', '--external_delegate_options=a:1;b:x']),
    );
    for (const name of ['graph', '__proto__', 'constructor'])
      expect(() => flagsOf({ delegate: { kind: 'gpu', options: { [name]: '1' } } })).toThrow(/has no option/);
  });

  it('give the one input as a file, with its colons doubled', () => {
    const inputs = encodeInput({ name: 'serving:0', shape: [1, 8, 8, 1], path: '/i.bin' });
    expect(flagsOf({ inputs })).toEqual(
      expect.arrayContaining([
        '--input_layer=serving:0',
        '--input_layer_shape=1,8,8,1',
        '--input_layer_value_files=serving::0:/i.bin',
      ]),
    );
  });

  it("hold the profile's numbers, with a warm-up run at least: it is the first inference", () => {
    const profile = parseProfile(standard, { warmup: { runs: 0, seconds: 0 } });
    expect(argumentsOf(launchFlags(profile))).toEqual([
      '--warmup_runs=1',
      '--warmup_min_secs=0',
      '--num_runs=130',
      '--min_secs=10',
      '--max_secs=120',
    ]);
  });
});
