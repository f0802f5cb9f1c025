import type { Clock } from '@main/ports/clock';
import type { StartDelayingProxy } from '@main/ports/delaying-proxy';
import type { EmbeddedServers } from '@main/ports/embedded-server';
import type { LocalFiles } from '@main/ports/local-files';
import type { ModelFiles } from '@main/ports/model-files';
import type { OfflineCheck } from '@main/ports/offline-check';
import type { Secrets } from '@main/ports/secrets';
import type { OriginalRuntime } from '@main/ports/original-runtime';
import type { TfliteRuntime } from '@main/ports/tflite-runtime';
import type { CloudBaseline } from '@shared/model/cloud';
import type { DeviceFingerprint } from '@shared/model/device';
import type { Progress } from '@shared/model/job';
import type { Profile } from '@shared/model/profile';
import type { Recipe } from '@shared/model/recipe';
import type { ValidationMarks } from '@shared/model/validation';
import type { RunnerParts } from '../services/bench';
import type { CloudPlan } from '../services/cloud';
import type { DeviceService } from '../services/device';
import type { Store } from '../services/store';
import type { MadeVariants, MakeRequest } from './make-variants';

/** Converts and quantizes, in this process or in one of its own; a crash there is an AppError here. */
export type MakeVariants = (
  request: MakeRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
) => Promise<MadeVariants>;

/** Measures an endpoint, in this process or in one of its own. A cancelled measurement comes back as `interrupted`. */
export type MeasureCloud = (plan: CloudPlan) => Promise<CloudBaseline>;

/** What the flows work with; put together in create-app. */
export interface FlowTools {
  readonly files: ModelFiles;
  readonly store: Store;
  readonly recipes: readonly Recipe[];
  /** What a variant has to reach to pass validation. */
  readonly marks: ValidationMarks;
  readonly make: MakeVariants;
  readonly original: OriginalRuntime;
  /** The current runtime first: it decides; older ones are told about. */
  readonly runtimes: readonly TfliteRuntime[];
  readonly devices: DeviceService;
  readonly runnerParts: RunnerParts;
  readonly servers: EmbeddedServers;
  readonly measureCloud: MeasureCloud;
  readonly startProxy: StartDelayingProxy;
  readonly secrets: Secrets;
  readonly offline: OfflineCheck;
  /** Bytes that the runtime library of a run adds to an app; undefined where it is not known. */
  readonly runtimeBytes: (device: DeviceFingerprint) => number | undefined;
  readonly localFiles: LocalFiles;
  readonly clock: Clock;
  readonly profiles: readonly Profile[];
  readonly variantsDir: string;
  readonly appVersion: string;
}
