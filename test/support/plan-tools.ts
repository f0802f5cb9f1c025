import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileOf, type PreparePlan } from '@main/flow/prepare-plan';
import type { FlowTools } from '@main/flow/tools';
import type { RunnerTarget } from '@main/ports/runner-target';
import type { LocalFile } from '@main/ports/local-files';
import { nodeClock } from '@main/platform/node/clock';
import { parseProfile } from '@main/services/bench';
import type { DeviceService } from '@main/services/device';
import type { Store } from '@main/services/store';
import { AppError } from '@shared/error/app-error';
import type { ModelInfo } from '@shared/model/model';
import { PROFILE_NAMES } from '@shared/model/profile';
import { appRoot } from './runner';
import { scriptedParts, type ScriptedTarget } from './scripted-target';

/**
 * What a plan works with, where nothing is converted and every device is scripted: the store, the clock and the order of things are the
 * real ones. Profiles are the shipped ones without their waits.
 */
export function testPlanTools(store: Store, targets: ReadonlyMap<string, ScriptedTarget>): FlowTools {
  const devices: Partial<DeviceService> = {
    resolve: (names) => Promise.resolve(names),
    target: (serial) => {
      const target = targets.get(serial);
      return target
        ? Promise.resolve<RunnerTarget>(target)
        : Promise.reject(new AppError('device.not-found', `There is no device '${serial}'.`));
    },
  };
  return {
    store,
    devices,
    runnerParts: scriptedParts,
    clock: {
      ...nodeClock,
      sleep: (ms: number, signal?: AbortSignal) => nodeClock.sleep(Math.min(ms, 20), signal),
    },
    profiles: PROFILE_NAMES.map((name) =>
      parseProfile(JSON.parse(readFileSync(join(appRoot, 'resources/profiles', `${name}.json`), 'utf8')), {
        cooldown: { seconds: 0 },
      }),
    ),
    appVersion: '0.0.0',
  } as unknown as FlowTools;
}

/** A model that needs no converting, on its one variant. */
export const preparedPlan: PreparePlan = (input, _folder, tools) => {
  const hash = 'a'.repeat(64);
  const file = { path: '/variant.tflite', bytes: 9, sha256: hash };
  const model = { id: hash, name: 'digits', path: input.model, format: 'tflite', bytes: 9, signatures: [] };
  return Promise.resolve({
    model: { ...model, defaultSignature: '', addedAt: '' } as ModelInfo,
    variants: input.recipes.map((recipe) => ({
      name: `digits ${recipe}`,
      model: { hash, name: 'digits', format: 'tflite', bytes: 9 },
      variant: { hash, recipe, bytes: 9 },
      file: file as LocalFile,
    })),
    inputs: undefined,
    profile: profileOf(input, tools),
  });
};
