import { join } from 'node:path';
import { runElectron } from './host/electron/run-electron';

runElectron({
  rendererDir: join(__dirname, '../renderer'),
  preloadDir: join(__dirname, '../preload'),
  // The build for the test Electron has no engine of its own: it runs the ordinary one.
  engineScript: process.env['EDGEBENCH_ENGINE_SCRIPT'] ?? join(__dirname, 'engine.js'),
});
