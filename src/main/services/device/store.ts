import type { AdbConnection } from '@main/ports/adb';
import type { LocalFile, LocalFiles } from '@main/ports/local-files';
import { AppError } from '@shared/error/app-error';
import { filesToRemove, listingScript } from './clean-up';

export const DEVICE_FOLDER = '/data/local/tmp/edgebench';
const SHORT_MS = 30_000;
const STALL_MS = 20_000;
/** A file's modification time is that of its last use, to the day: setting it changes the other time, by which it is known. */
const USE_SCRIPT =
  'm=$(stat -c %Y "$1") || exit 1; n=$(date +%s); [ $((n - m)) -gt 86400 ] && touch -m "$1"; stat -c "%s %z" "$1"';
/** Hashing a large file on a slow device takes its time. */
const HASH_MS = 300_000;

/**
 * Files on a device, named by their SHA-256. A file is sent under a temporary name, hashed there, and renamed, so that a name
 * always stands for its content whatever breaks; one that is there is not sent again. One file is handled at a time.
 */
export class DeviceStore {
  readonly #connection: AdbConnection;
  readonly #files: LocalFiles;
  /** What `stat` said of files whose hash was checked: as long as it says the same, the content is the same. */
  readonly #checked = new Map<string, string>();
  #busy: Promise<unknown> = Promise.resolve();
  #folderReady = false;

  constructor(connection: AdbConnection, files: LocalFiles) {
    this.#connection = connection;
    this.#files = files;
  }

  /** The file's path on the device. Rejects with `device.no-space`, `device.lost`, `timeout` or `device.unsupported`. */
  put(
    file: LocalFile,
    executable: boolean,
    signal?: AbortSignal,
    onSent?: (bytes: number) => void,
  ): Promise<string> {
    const next = this.#busy.then(() => this.#put(file, executable, signal, onSent));
    this.#busy = next.catch(() => undefined);
    return next;
  }

  async #put(
    file: LocalFile,
    executable: boolean,
    signal?: AbortSignal,
    onSent?: (bytes: number) => void,
  ): Promise<string> {
    await this.#makeFolder(signal);
    const path = `${DEVICE_FOLDER}/${file.sha256}`;
    if (await this.#isThere(path, file.sha256, signal)) return path;
    await this.#assertRoom(file, signal);
    const part = `${path}.part`;
    const contents = await this.#files.open(file.path);
    try {
      await this.#connection.push({
        contents,
        path: part,
        executable,
        stallMs: STALL_MS,
        signal,
        ...(onSent ? { onSent } : {}),
      });
      const arrived = await this.#hashOf(part, signal);
      if (arrived !== file.sha256)
        throw new AppError(
          'device.lost',
          `'${file.path}' arrived damaged on the device: check the cable and try again.`,
        );
      await this.#run(['mv', '-f', part, path], signal);
    } catch (error) {
      // Best effort: where the device is gone, the next connection clears it away.
      await this.#connection.shell({ command: ['rm', '-f', part], timeoutMs: 2000 }).catch(() => undefined);
      throw error;
    } finally {
      await contents.close();
    }
    if (!(await this.#isThere(path, file.sha256, signal)))
      throw new AppError('device.lost', `'${file.path}' is not on the device after it was sent: try again.`);
    return path;
  }

  async #makeFolder(signal?: AbortSignal): Promise<void> {
    if (this.#folderReady) return;
    await this.#run(['mkdir', '-p', DEVICE_FOLDER], signal);
    // What an interrupted push left behind.
    await this.#run(['sh', '-c', `rm -f ${DEVICE_FOLDER}/*.part ${DEVICE_FOLDER}/out-*`], signal);
    await this.#cleanUp(signal);
    this.#folderReady = true;
  }

  /** What nobody used for long, or the longest unused of too much, goes. */
  async #cleanUp(signal?: AbortSignal): Promise<void> {
    const { output } = await this.#connection.shell({
      command: ['sh', '-c', listingScript(DEVICE_FOLDER)],
      timeoutMs: SHORT_MS,
      signal,
    });
    const names = filesToRemove(output);
    // A few at a time: a command line has an end.
    for (let at = 0; at < names.length; at += 50)
      await this.#run(
        ['rm', '-f', ...names.slice(at, at + 50).map((name) => `${DEVICE_FOLDER}/${name}`)],
        signal,
      );
  }

  async #isThere(path: string, sha256: string, signal?: AbortSignal): Promise<boolean> {
    const stat = await this.#statOf(path, signal);
    if (stat === undefined) return false;
    if (this.#checked.get(path) === stat) return true;
    if ((await this.#hashOf(path, signal)) !== sha256) return false;
    this.#checked.set(path, stat);
    return true;
  }

  /** Size and time of last change, which no one but the system sets. Says that the file is in use, once a day. */
  async #statOf(path: string, signal?: AbortSignal): Promise<string | undefined> {
    const { exitStatus, output } = await this.#connection.shell({
      command: ['sh', '-c', USE_SCRIPT, 'sh', path],
      timeoutMs: SHORT_MS,
      signal,
    });
    return exitStatus === 0 && /^\d+ /.test(output) ? output.trim() : undefined;
  }

  async #hashOf(path: string, signal?: AbortSignal): Promise<string | undefined> {
    const { output } = await this.#connection.shell({
      command: ['sha256sum', path],
      timeoutMs: HASH_MS,
      signal,
    });
    return /^[0-9a-f]{64}/.exec(output)?.[0];
  }

  async #assertRoom(file: LocalFile, signal?: AbortSignal): Promise<void> {
    const { output } = await this.#connection.shell({
      command: ['df', '-k', DEVICE_FOLDER],
      timeoutMs: SHORT_MS,
      signal,
    });
    const freeKb = Number(output.trim().split('\n').at(-1)?.trim().split(/\s+/)[3]);
    const needKb = Math.ceil((file.bytes * 1.1) / 1024);
    if (Number.isFinite(freeKb) && freeKb < needKb)
      throw new AppError(
        'device.no-space',
        `The device has ${freeKb} KiB free in ${DEVICE_FOLDER}, ${needKb} KiB are needed: free some storage.`,
        { details: { freeKb, needKb } },
      );
  }

  async #run(command: readonly string[], signal?: AbortSignal): Promise<void> {
    const { exitStatus, output, errors } = await this.#connection.shell({
      command,
      timeoutMs: SHORT_MS,
      signal,
    });
    if (exitStatus === 0 || (exitStatus === undefined && output === '')) return;
    const said = (errors || output).trim().slice(0, 300);
    const code = /No space left/i.test(said) ? 'device.no-space' : 'device.unsupported';
    throw new AppError(
      code,
      `The device refuses '${command.slice(0, 2).join(' ')}': ${said || 'no reason given'}.`,
    );
  }
}
