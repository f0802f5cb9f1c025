import type { AdbConnection } from '@main/ports/adb';
import type { LocalFile, LocalFiles } from '@main/ports/local-files';
import { AppError, isAppError } from '@shared/error/app-error';
import { assertDone, refusedBy } from './assert-done';
import { filesToRemove, listingScript } from './clean-up';
import { comesBack } from './come-back';
import { bytesThere, sendFile, type Sending } from './send-file';

export const DEVICE_FOLDER = '/data/local/tmp/edgebench';
const SHORT_MS = 30_000;
/** Hashing a large file on a slow device takes its time. */
const HASH_MS = 300_000;
/** A device that is lost in mid-push is waited for so long, so many times. */
const RETURN_MS = 20_000;
const MOST_RETURNS = 5;
const LOST: ReadonlySet<string> = new Set(['device.lost', 'timeout']);
/** How a device that was there a moment ago may be gone, too. */
const AWAY: ReadonlySet<string> = new Set(['device.not-ready', 'device.not-found']);
/** A file's modification time is that of its last use, to the day: setting it changes the other time, by which it is known. */
const USE_SCRIPT =
  'm=$(stat -c %Y "$1") || exit 1; n=$(date +%s); [ $((n - m)) -gt 86400 ] && touch -m "$1"; stat -c "%s %z" "$1"';
/** Gives a file that arrived ($1) its name ($2) if its hash is $3, and prints by what it is known; else its hash. */
const ACCEPT_SCRIPT =
  'h=$(sha256sum "$1"); [ "${h%% *}" = "$3" ] || { echo "hash ${h%% *}"; exit 0; }; touch -m "$1"; mv -f "$1" "$2" && stat -c "%s %z" "$2"';
/** What interrupted pushes and runs left behind; not of the file that is being sent, which is taken up where it ended. */
const SWEEP_SCRIPT =
  'cd "$1" || exit 0; rm -f out-* *.next; for f in *.part; do [ "$f" = "$2.part" ] || rm -f "$f"; done';

/**
 * Files on a device, named by their SHA-256. A file is sent under a temporary name, hashed there, and renamed, so that a name
 * always stands for its content whatever breaks; one that is there is not sent again. One file is handled at a time.
 */
export class DeviceStore {
  readonly #connection: AdbConnection;
  readonly #files: LocalFiles;
  readonly #returnMs: number;
  /** What `stat` said of files whose hash was checked: as long as it says the same, the content is the same. */
  readonly #checked = new Map<string, string>();
  #busy: Promise<unknown> = Promise.resolve();
  #folderReady = false;

  constructor(connection: AdbConnection, files: LocalFiles, returnMs = RETURN_MS) {
    this.#connection = connection;
    this.#files = files;
    this.#returnMs = returnMs;
  }

  /**
   * The file's path on the device. A device that is lost meanwhile and comes back is sent the rest. Rejects with `device.no-space`,
   * `device.lost`, `timeout` or `device.unsupported`.
   */
  put(
    file: LocalFile,
    executable: boolean,
    signal?: AbortSignal,
    onSent?: (bytes: number) => void,
  ): Promise<string> {
    const path = `${DEVICE_FOLDER}/${file.sha256}`;
    const sending = { file, path: `${path}.part`, executable, signal, onSent };
    const next = this.#busy.then(() => this.#put(path, sending));
    this.#busy = next.catch(() => undefined);
    return next;
  }

  async #put(path: string, sending: Sending): Promise<string> {
    const { signal } = sending;
    for (let returns = 0; ; returns++) {
      try {
        return await this.#putOnce(path, sending);
      } catch (error) {
        const isAway =
          isAppError(error) && (LOST.has(error.code) || (this.#folderReady && AWAY.has(error.code)));
        const isLost = isAway && signal?.aborted !== true;
        if (isLost && returns < MOST_RETURNS && (await comesBack(this.#connection, this.#returnMs, signal)))
          continue;
        // Best effort: where the device is gone, the next use of it clears away what is left.
        this.#folderReady = false;
        if (!isLost) await this.#remove(sending.path).catch(() => undefined);
        throw error;
      }
    }
  }

  async #putOnce(path: string, sending: Sending): Promise<string> {
    const { file, signal } = sending;
    await this.#makeFolder(file, signal);
    if (await this.#isThere(path, file.sha256, signal)) return path;
    const there = await bytesThere(this.#connection, sending);
    await this.#assertRoom(file.bytes - there, signal);
    await sendFile(this.#connection, this.#files, sending, there);
    const stat = await this.#accept(path, sending);
    if (stat !== undefined) {
      this.#checked.set(path, stat);
      return path;
    }
    await this.#remove(sending.path);
    // What an earlier push left may have been damaged since: once more, from the start.
    if (there > 0) return this.#putOnce(path, sending);
    throw new AppError(
      'device.damaged',
      `'${file.path}' arrived damaged on the device: check the cable and try again.`,
    );
  }

  /** Gives what arrived its name; what `stat` says of it then, or undefined when it is not what was sent. */
  async #accept(path: string, { file, path: part, signal }: Sending): Promise<string | undefined> {
    const { output, errors } = await this.#connection.shell({
      command: ['sh', '-c', ACCEPT_SCRIPT, 'sh', part, path, file.sha256],
      timeoutMs: HASH_MS,
      signal,
    });
    if (/^\d+ /.test(output)) return output.trim();
    if (output.startsWith('hash ')) return undefined;
    throw refusedBy((errors || output).trim().slice(0, 300), 'mv');
  }

  #remove(path: string): Promise<unknown> {
    return this.#connection.shell({ command: ['rm', '-f', path, `${path}.next`], timeoutMs: 2000 });
  }

  async #makeFolder({ sha256 }: LocalFile, signal?: AbortSignal): Promise<void> {
    if (this.#folderReady) return;
    await this.#run(['mkdir', '-p', DEVICE_FOLDER], signal);
    await this.#run(['sh', '-c', SWEEP_SCRIPT, 'sh', DEVICE_FOLDER, sha256], signal);
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
    const command = ['sha256sum', path];
    const { output } = await this.#connection.shell({ command, timeoutMs: HASH_MS, signal });
    return /^[0-9a-f]{64}/.exec(output)?.[0];
  }

  async #assertRoom(bytes: number, signal?: AbortSignal): Promise<void> {
    const { output } = await this.#connection.shell({
      command: ['df', '-k', DEVICE_FOLDER],
      timeoutMs: SHORT_MS,
      signal,
    });
    const freeKb = Number(output.trim().split('\n').at(-1)?.trim().split(/\s+/)[3]);
    const needKb = Math.ceil((bytes * 1.1) / 1024);
    if (Number.isFinite(freeKb) && freeKb < needKb)
      throw new AppError(
        'device.no-space',
        `The device has ${freeKb} KiB free in ${DEVICE_FOLDER}, ${needKb} KiB are needed: free some storage.`,
        { details: { freeKb, needKb } },
      );
  }

  #run(command: readonly string[], signal?: AbortSignal): Promise<void> {
    return assertDone(this.#connection, command, SHORT_MS, signal);
  }
}
