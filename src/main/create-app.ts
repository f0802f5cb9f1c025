import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { calibrationProcesses } from './convert-task';
import { AppError } from '@shared/error/app-error';
import type { Part } from '@shared/api/app';
import type { NetworkProfile } from '@shared/model/cloud';
import type { DeviceFingerprint } from '@shared/model/device';
import type { Progress } from '@shared/model/job';
import { listParts } from './platform/node/parts';
import type { MadeVariants } from './flow/make-variants';
import { callWorker } from './platform/node/worker-call';
import type { Vault } from './ports/secrets';
import type { WorkerLauncher } from './ports/worker';
import { fingerprintBeside } from './fingerprint-task';
import { measureInProcessOfItsOwn } from './load-process';
import { Jobs } from './flow/jobs';
import { Lanes } from './flow/lanes';
import { preparePlan } from './flow/prepare-plan';
import { Queue } from './flow/queue/queue';
import { originalsIn } from './flow/originals';
import { ServedModels } from './flow/serve-model';
import { makeVariants } from './flow/make-variants';
import { removeStaleParts } from './flow/variant-files';
import type { FlowTools, MakeVariants } from './flow/tools';
import { appVersion, defaultDataDir, findAppRoot } from './platform/node/app-paths';
import { forkLauncher } from './platform/node/fork-worker';
import { nodeModelFiles } from './platform/node/model-files';
import { loadMarks } from './platform/node/marks';
import { loadRecipes } from './platform/node/recipes';
import { sqliteFiles } from './platform/sqlite3/sqlite-files';
import { NamespaceOfflineCheck } from './platform/tflite-runner/offline-check';
import { RunnerParts } from './platform/tflite-runner/parts';
import { RunnerRangeCollector } from './platform/tflite-runner/range-collector';
import { TfliteRunnerRuntime } from './platform/tflite-runner/tflite-runtime';
import { TfliteNodeRuntime } from './platform/tflite-node/tflite-node-runtime';
import { TfjsNodeRuntime } from './platform/tfjs-node/original-runtime';
import { AdbkitAdb } from './platform/adbkit/adbkit-adb';
import { WorkerServers } from './platform/cloud-server/embedded-servers';
import { KeptSecrets } from './platform/node/kept-secrets';
import { proxiesIn } from './platform/node/proxy-process';
import { nodeProcesses } from './platform/node/processes';
import { NETWORK_PROFILES } from './services/cloud';
import { FolderLedger } from './platform/node/device-ledger';
import { nodeClock } from './platform/node/clock';
import { nodeLocalFiles } from './platform/node/local-files';
import { tfliteLibrary } from './platform/node/native-parts';
import { androidKit, runnerKits } from './platform/tflite-runner/kits';
import { LocalTarget } from './platform/tflite-runner/local-target';
import { parseProfile } from './services/bench';
import { DeviceService } from './services/device';
import { openStore } from './services/store';
import { PROFILE_NAMES, type Profile } from '@shared/model/profile';

export interface App {
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly tools: FlowTools;
  readonly jobs: Jobs;
  readonly queue: Queue;
  readonly served: ServedModels;
  readonly networks: readonly NetworkProfile[];
  parts(): Promise<Part[]>;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly dataDir?: string | undefined;
  /** The built worker; conversions run in a process of their own when `isolate` is set. */
  readonly workerFile: string;
  readonly isolate: boolean;
  /** The operating system's key store, where a door to it is open. */
  readonly vault?: Vault;
}

/** Puts the program together: platform, services, flows. The only place that sees all layers. */
export async function createApp(options: AppOptions): Promise<App> {
  const root = findAppRoot();
  const resourcesDir = join(root, 'resources');
  const dataDir = options.dataDir ?? defaultDataDir();
  const variantsDir = join(dataDir, 'variants');
  try {
    mkdirSync(variantsDir, { recursive: true });
  } catch (error) {
    throw new AppError(
      'file.unwritable',
      `The data folder ${dataDir} cannot be made (${(error as NodeJS.ErrnoException).code ?? 'error'}); choose another with --data-dir.`,
      { cause: error },
    );
  }
  await removeStaleParts(variantsDir);
  const store = await openStore(sqliteFiles, join(dataDir, 'edgebench.sqlite'));
  const launcher = forkLauncher(options.workerFile);
  const parts = new RunnerParts(root);
  const ranges = new RunnerRangeCollector(parts, calibrationProcesses());
  const runtime = new TfliteRunnerRuntime(parts);
  const fingerprint = fingerprintBeside(options.workerFile);
  const make: MakeVariants = options.isolate
    ? makeInProcessOfItsOwn(launcher)
    : (request, onProgress, signal) =>
        makeVariants(request, { files: nodeModelFiles, fingerprint, ranges, runtime }, onProgress, signal);
  const tools: FlowTools = {
    files: nodeModelFiles,
    store,
    recipes: loadRecipes(resourcesDir, dataDir),
    marks: loadMarks(resourcesDir, dataDir),
    make,
    original: originalsIn(new TfjsNodeRuntime(launcher, root), runtime),
    runtimes: [runtime, new TfliteNodeRuntime(launcher, root)],
    devices: new DeviceService({
      adb: new AdbkitAdb(),
      files: nodeLocalFiles,
      ledger: new FolderLedger(join(dataDir, 'device-ledger')),
      thisComputer: new LocalTarget(nodeLocalFiles),
    }),
    runnerParts: { files: nodeLocalFiles, kits: (device) => runnerKits(root, parts, device) },
    servers: new WorkerServers(launcher),
    offline: new NamespaceOfflineCheck(parts),
    runtimeBytes: (device) => libraryBytes(root, device),
    secrets: new KeptSecrets(join(dataDir, 'secrets.json'), options.vault),
    measureCloud: measureInProcessOfItsOwn(launcher),
    startProxy: proxiesIn(launcher),
    localFiles: nodeLocalFiles,
    clock: nodeClock,
    profiles: loadProfiles(resourcesDir),
    variantsDir,
    appVersion: appVersion(root),
  };
  const lanes = new Lanes();
  const jobs = new Jobs(lanes);
  const queue = new Queue({ tools, jobs, lanes, processes: nodeProcesses, prepare: preparePlan });
  const served = new ServedModels(tools);
  return {
    dataDir,
    resourcesDir,
    tools,
    jobs,
    queue,
    served,
    networks: NETWORK_PROFILES,
    parts: () => listParts(root),
    close: async () => {
      queue.close();
      await jobs.close();
      served.close();
      await store.close();
    },
  };
}

/** Size of the runtime library that an app for this device would carry. */
function libraryBytes(root: string, device: DeviceFingerprint): number | undefined {
  const libraries =
    device.kind === 'this-computer'
      ? [tfliteLibrary()].map(({ found, path }) => (found ? path : undefined))
      : device.abis.map((abi) => androidKit(root, abi)?.library);
  const library = libraries.find((path) => path !== undefined);
  return library === undefined ? undefined : statSync(library, { throwIfNoEntry: false })?.size;
}

const loadProfiles = (resourcesDir: string): Profile[] =>
  PROFILE_NAMES.map((name) =>
    parseProfile(JSON.parse(readFileSync(join(resourcesDir, 'profiles', `${name}.json`), 'utf8'))),
  );

const CONVERT_TIMEOUT_MS = 6 * 3600 * 1000;

/** A crash, a kill or a model that eats all memory ends the conversion, not the engine. */
const makeInProcessOfItsOwn =
  (launcher: WorkerLauncher): MakeVariants =>
  async (request, onProgress, signal) =>
    (await callWorker(launcher, {
      kind: 'convert',
      request,
      title: 'The converter',
      timeoutMs: CONVERT_TIMEOUT_MS,
      onProgress: (progress) => onProgress(progress as Progress),
      signal,
    })) as MadeVariants;
