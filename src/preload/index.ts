import { contextBridge, ipcRenderer } from 'electron';

/** The one line between the page and the engine; it carries text frames and knows no procedure. */
const bridge = {
  open(onData: (data: string) => void, onClosed: (reason: string) => void): (data: string) => void {
    ipcRenderer.removeAllListeners('engine:data');
    ipcRenderer.removeAllListeners('engine:closed');
    ipcRenderer.on('engine:data', (_event, data: string) => onData(data));
    ipcRenderer.on('engine:closed', (_event, reason: string) => onClosed(reason));
    ipcRenderer.send('engine:open');
    return (data) => ipcRenderer.send('engine:data', String(data));
  },
};

export type EngineBridge = typeof bridge;

contextBridge.exposeInMainWorld('edgebench', bridge);
