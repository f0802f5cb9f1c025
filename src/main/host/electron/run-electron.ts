import { join } from 'node:path';
import { app, BrowserWindow, dialog, utilityProcess } from 'electron';
import { EngineProcess } from '../engine-process/engine-process';
import { forkEngine } from '../engine-process/fork-engine';
import { registerScheme, serveRenderer } from './app-protocol';
import { bridgeEngine } from './engine-bridge';
import { electronVault } from './key-store';
import { lockDown } from './lock-down';
import { utilityEngine } from './utility-engine';
import { openWindow } from './window';

/**
 * The desktop app. `outDir` holds the built renderer, preload and engine; EDGEBENCH_ENGINE_NODE names a Node to run the
 * engine where Electron has no utility processes (the test Electron).
 */
export function runElectron(paths: {
  readonly rendererDir: string;
  readonly preloadDir: string;
  readonly engineScript: string;
}): void {
  registerScheme();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  const node = process.env['EDGEBENCH_ENGINE_NODE'];
  const args = ['--data-dir', process.env['EDGEBENCH_DATA_DIR'] ?? join(app.getPath('userData'), 'data')];
  const launch = () =>
    node === undefined && utilityProcess !== undefined
      ? utilityEngine(paths.engineScript, args)
      : forkEngine(paths.engineScript, args, node === undefined ? {} : { execPath: node });
  const engine = new EngineProcess(
    launch,
    (message) => dialog.showErrorBox('Edgebench cannot start', message),
    electronVault,
  );
  void app.whenReady().then(() => {
    lockDown();
    serveRenderer(paths.rendererDir);
    bridgeEngine(engine);
    openWindow(paths.preloadDir);
    app.on('activate', () => {
      if (BrowserWindow.getAllWindows().length === 0) openWindow(paths.preloadDir);
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    // Electron forgets a quit that is asked for while it still tells of this one.
    void engine.stop().then(() =>
      setImmediate(() => {
        stopped = true;
        app.quit();
      }),
    );
  });
}
