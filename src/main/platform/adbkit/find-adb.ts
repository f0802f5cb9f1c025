import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const program = process.platform === 'win32' ? 'adb.exe' : 'adb';

const executable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Path of the adb program: from PATH, or from where Android's SDK is usually put. Undefined when there is none. */
export function findAdb(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const sdks = [
    env['ANDROID_HOME'],
    env['ANDROID_SDK_ROOT'],
    join(homedir(), 'Android', 'Sdk'),
    join(homedir(), 'Library', 'Android', 'sdk'),
    ...(env['LOCALAPPDATA'] ? [join(env['LOCALAPPDATA'], 'Android', 'Sdk')] : []),
    '/usr/lib/android-sdk',
  ];
  const folders = [
    ...(env['PATH'] ?? '').split(delimiter),
    ...sdks.flatMap((sdk) => (sdk ? [join(sdk, 'platform-tools')] : [])),
  ];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(executable);
}
