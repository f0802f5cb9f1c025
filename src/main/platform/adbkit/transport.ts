import type { Socket } from 'node:net';
import type { Client } from '@devicefarmer/adbkit';
import { AppError, isAppError } from '@shared/error/app-error';
import { SocketReader, connectionLost } from './socket-reader';

const CONNECT_MS = 10_000;

/** A connection to one service of a device: bytes both ways, over the ADB server. */
export interface Service {
  readonly socket: Socket;
  readonly reader: SocketReader;
  /** Closes it at once; the device ends what it runs for it. */
  close(): void;
}

/** What adbkit's connection gives: its socket, once the server has handed us through to the device. */
interface RawConnection {
  getSocket(): Socket;
}

/** How the ADB server is told which device is meant: by serial, or by its own number where two have the same. */
export type Route = `transport:${string}` | `transport-id:${number}`;

/**
 * Opens a service ("shell,v2,raw:…", "sync:") on a device, called `name` in messages. What follows is spoken here, as adbkit's own
 * shell and sync take a broken connection for an end.
 */
export async function openService(
  client: Client,
  name: string,
  route: Route,
  service: string,
): Promise<Service> {
  const socket = await openSocket(client);
  const reader = new SocketReader(socket);
  const close = (): void => {
    reader.fail(connectionLost());
    socket.destroy();
  };
  const timer = setTimeout(() => {
    reader.fail(
      new AppError('timeout', `The device ${name} does not answer: unplug it and plug it in again.`),
    );
    socket.destroy();
  }, CONNECT_MS);
  try {
    for (const request of [`host:${route}`, service]) {
      socket.write(framed(request));
      const refused = await readStatus(reader);
      if (refused !== undefined) throw refusal(name, new Error(refused));
    }
    return { socket, reader, close };
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Asks the ADB server itself: one question, one text. */
export async function askServer(client: Client, question: string, timeoutMs = CONNECT_MS): Promise<string> {
  const socket = await openSocket(client);
  const reader = new SocketReader(socket);
  const timer = setTimeout(() => reader.fail(serverSilent()), timeoutMs);
  try {
    socket.write(framed(question));
    const refused = await readStatus(reader);
    if (refused !== undefined) throw refusal(question, new Error(refused));
    return await readText(reader);
  } catch (error) {
    if (isAppError(error) && error.code === 'device.lost' && error.details['said'] === undefined)
      throw new AppError(
        'device.adb-missing',
        'The ADB server broke off in the middle of an answer: run "adb start-server", or try again.',
        { cause: error },
      );
    throw error;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function openSocket(client: Client): Promise<Socket> {
  const connection = (await within(
    CONNECT_MS,
    client.connection() as unknown as Promise<RawConnection>,
  )) as RawConnection;
  const socket = connection.getSocket();
  socket.removeAllListeners('readable');
  return socket;
}

/** Undefined for OKAY, else why it was refused. */
async function readStatus(reader: SocketReader): Promise<string | undefined> {
  const status = (await reader.exactly(4)).toString('latin1');
  if (status === 'OKAY') return undefined;
  return status === 'FAIL' ? readText(reader) : `it answered ${JSON.stringify(status)}`;
}

async function readText(reader: SocketReader): Promise<string> {
  const length = (await reader.exactly(4)).toString('latin1');
  if (!/^[0-9a-fA-F]{4}$/.test(length))
    throw connectionLost(new Error(`${JSON.stringify(length)} is no length`));
  return (await reader.exactly(parseInt(length, 16))).toString('utf8');
}

/** Requests to the server are their length in four hexadecimal digits, then the text (adb's OVERVIEW.TXT). */
function framed(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(bytes.length.toString(16).padStart(4, '0')), bytes]);
}

function within<T>(ms: number, promise: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(serverSilent()), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error as Error);
      },
    );
  });
}

const serverSilent = (): AppError =>
  new AppError('timeout', 'The ADB server does not answer: run "adb reconnect", or restart it.');

/** What the ADB server says when it does not hand us through (adb's adb.cpp and transport.cpp word it so). */
function refusal(serial: string, cause: unknown): AppError {
  const said = String(cause instanceof Error ? cause.message : cause);
  const options = { cause, details: { said: said.slice(0, 300) } };
  if (/not found|no devices/.test(said))
    return new AppError('device.not-found', `The device ${serial} is not connected.`, options);
  if (/unauthorized/.test(said))
    return new AppError(
      'device.not-ready',
      `The device ${serial} does not trust this computer yet: unlock it and allow USB debugging.`,
      options,
    );
  if (/offline/.test(said))
    return new AppError(
      'device.not-ready',
      `The device ${serial} is offline: unplug it and plug it in again.`,
      options,
    );
  return new AppError(
    'device.lost',
    `The device ${serial} cannot be reached: ${said.slice(0, 300)}.`,
    options,
  );
}
