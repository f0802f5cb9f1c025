import { BrowserWindow, ipcMain, type IpcMainEvent } from 'electron';
import type { EngineChannel, EngineProcess } from '../engine-process/engine-process';
import { SCHEME } from './app-protocol';

/** True for our own page in the top frame of a window of ours. */
function isTrusted(event: IpcMainEvent): boolean {
  if (!BrowserWindow.fromWebContents(event.sender)) return false;
  const frame = event.senderFrame;
  if (frame?.parent) return false;
  try {
    // The test Electron (9.4) tells no frame, only the page.
    const url = new URL(frame ? frame.url : event.sender.getURL());
    return url.protocol === `${SCHEME}:` && url.host === 'app';
  } catch {
    return false; // no URL, no trust
  }
}

/** Joins each window to the engine: one channel a page, opened by its preload script, closed when the page goes. */
export function bridgeEngine(engine: EngineProcess): void {
  const channels = new Map<number, EngineChannel>();
  const known = new Set<number>();
  const drop = (id: number): void => {
    channels.get(id)?.close();
    channels.delete(id);
  };
  ipcMain.on('engine:open', (event) => {
    if (!isTrusted(event)) return;
    const { sender } = event;
    const { id } = sender;
    drop(id);
    const tell = (name: string, data: string): void => {
      if (!sender.isDestroyed()) sender.send(name, data);
    };
    channels.set(
      id,
      engine.openChannel(
        (data) => tell('engine:data', data),
        (reason) => {
          channels.delete(id);
          tell('engine:closed', reason);
        },
      ),
    );
    // A page opens its line again after a loss; its end is to be heard of once.
    if (!known.has(id)) {
      known.add(id);
      sender.once('destroyed', () => {
        known.delete(id);
        drop(id);
      });
    }
  });
  ipcMain.on('engine:data', (event, data: unknown) => {
    if (isTrusted(event) && typeof data === 'string') channels.get(event.sender.id)?.send(data);
  });
}
