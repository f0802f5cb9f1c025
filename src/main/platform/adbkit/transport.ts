import type { Socket } from 'node:net';
import type { Client } from '@devicefarmer/adbkit';
import { AppError } from '@shared/error/app-error';
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

/**
 * Opens a service ("shell,v2,raw:…", "sync:") on a device. adbkit hands us through; what follows is spoken here, as adbkit's own
 * shell and sync take a broken connection for an end.
 */
export async function openService(client: Client, serial: string, service: string): Promise<Service> {
  const connection = (await within(
    CONNECT_MS,
    client.getDevice(serial).transport() as unknown as Promise<RawConnection>,
  ).catch((cause: unknown) => {
    throw cause instanceof AppError ? cause : refusal(serial, cause);
  })) as RawConnection;
  const socket = connection.getSocket();
  socket.removeAllListeners('readable');
  const reader = new SocketReader(socket);
  const close = (): void => {
    reader.fail(connectionLost());
    socket.destroy();
  };
  const timer = setTimeout(() => {
    reader.fail(
      new AppError('timeout', `The device ${serial} does not answer: unplug it and plug it in again.`),
    );
    socket.destroy();
  }, CONNECT_MS);
  try {
    socket.write(framed(service));
    const answer = (await reader.exactly(4)).toString('latin1');
    if (answer === 'OKAY') return { socket, reader, close };
    const length = answer === 'FAIL' ? parseInt((await reader.exactly(4)).toString('latin1'), 16) : 0;
    const why =
      length > 0 ? (await reader.exactly(length)).toString('utf8') : `it answered ${JSON.stringify(answer)}`;
    close();
    throw refusal(serial, new Error(why));
  } finally {
    clearTimeout(timer);
  }
}

/** Asks the ADB server itself: one question, one text. */
export async function askServer(client: Client, question: string): Promise<string> {
  const connection = (await within(
    CONNECT_MS,
    client.connection() as unknown as Promise<RawConnection>,
  )) as RawConnection;
  const socket = connection.getSocket();
  const reader = new SocketReader(socket);
  try {
    socket.write(framed(question));
    const answer = await within(CONNECT_MS, readText(reader));
    if (!answer.okay) throw refusal(question, new Error(answer.text));
    return answer.text;
  } finally {
    socket.destroy();
  }
}

async function readText(reader: SocketReader): Promise<{ okay: boolean; text: string }> {
  const okay = (await reader.exactly(4)).toString('latin1') === 'OKAY';
  const length = parseInt((await reader.exactly(4)).toString('latin1'), 16);
  return { okay, text: (await reader.exactly(Number.isNaN(length) ? 0 : length)).toString('utf8') };
}

/** Requests to the server are their length in four hexadecimal digits, then the text (adb's OVERVIEW.TXT). */
function framed(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(bytes.length.toString(16).padStart(4, '0')), bytes]);
}

function within<T>(ms: number, promise: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new AppError('timeout', 'The ADB server does not answer: run "adb reconnect", or restart it.'),
        ),
      ms,
    );
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
