import type { AdbConnection } from '@main/ports/adb';
import type { DeviceLedger } from '@main/ports/device-ledger';
import type { Preparation } from '@main/ports/runner-target';
import type { DeviceChanges } from '@shared/model/device-changes';

const ASK_MS = 10_000;
/** Fixed-performance mode came with Android 11 (PowerManagerShellCommand). */
const FIXED_PERFORMANCE_SDK = 30;
const STAY_ON = ['global', 'stay_on_while_plugged_in'] as const;
/** Plugged into the mains, USB or a wireless charger: BatteryManager's BATTERY_PLUGGED_ flags together. */
const ANY_PLUG = '7';
/** KEYCODE_WAKEUP and KEYCODE_SLEEP of android.view.KeyEvent: each does nothing when the screen is so already. */
const WAKE = '224';
const SLEEP = '223';

export interface PrepareRequest {
  readonly serial: string;
  readonly sdk: number | undefined;
  readonly screenOn: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Holds clocks and screen steady as far as the device lets us. What is changed is in the ledger before it is changed, and out of it
 * once it is back as it was; a device that is gone by then is put back when it is seen again.
 */
export async function prepareDevice(
  connection: AdbConnection,
  ledger: DeviceLedger,
  { serial, sdk, screenOn, signal }: PrepareRequest,
): Promise<Preparation> {
  const ask = async (...command: string[]): Promise<string | undefined> => {
    const { exitStatus, output } = await connection.shell({ command, timeoutMs: ASK_MS, signal });
    return exitStatus === undefined || exitStatus === 0 ? output.trim() : undefined;
  };
  const stayOn = await ask('settings', 'get', ...STAY_ON);
  const changes: DeviceChanges = {
    ...((sdk ?? 0) >= FIXED_PERFORMANCE_SDK ? { fixedPerformance: true } : {}),
    ...(stayOn === undefined || stayOn === ANY_PLUG
      ? {}
      : { stayOn: /^\d{1,9}$/.test(stayOn) ? stayOn : null }),
    ...(screenOn === false ? { woken: true } : {}),
  };
  const entry = { id: crypto.randomUUID(), serial, changes };
  await ledger.write(entry);
  const restore = async (): Promise<void> => {
    try {
      await restoreDevice(connection, changes);
      await ledger.remove(entry.id);
    } catch (error) {
      await ledger.leave(entry.id);
      throw error;
    }
  };
  try {
    const fixedPerformance =
      changes.fixedPerformance === true && (await ask(...fixedPerformanceCommand(true))) !== undefined;
    if (changes.stayOn !== undefined) await ask('settings', 'put', ...STAY_ON, ANY_PLUG);
    if (changes.woken) await ask('input', 'keyevent', WAKE);
    return { fixedPerformance, restore };
  } catch (error) {
    await restore().catch(() => undefined);
    throw error;
  }
}

const fixedPerformanceCommand = (on: boolean): readonly string[] => [
  'cmd',
  'power',
  'set-fixed-performance-mode-enabled',
  String(on),
];

/** Puts a device back as it was. Rejects when it cannot be asked; what it refuses, it refused before, too. */
export async function restoreDevice(connection: AdbConnection, changes: DeviceChanges): Promise<void> {
  const commands = [
    ...(changes.fixedPerformance ? [fixedPerformanceCommand(false)] : []),
    ...(changes.stayOn === undefined
      ? []
      : [
          changes.stayOn === null
            ? ['settings', 'delete', ...STAY_ON]
            : ['settings', 'put', ...STAY_ON, changes.stayOn],
        ]),
    ...(changes.woken ? [['input', 'keyevent', SLEEP]] : []),
  ];
  for (const command of commands) await connection.shell({ command, timeoutMs: ASK_MS });
}
