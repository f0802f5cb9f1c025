import type { EngineBridge } from '@shared/bridge';
import { contextBridge, ipcRenderer } from 'electron';

const bridge: EngineBridge = {
  open(onData, onClosed) {
    ipcRenderer.removeAllListeners('engine:data');
    ipcRenderer.removeAllListeners('engine:closed');
    ipcRenderer.on('engine:data', (_event, data: string) => onData(data));
    ipcRenderer.on('engine:closed', (_event, reason: string) => onClosed(reason));
    ipcRenderer.send('engine:open');
    return (data) => ipcRenderer.send('engine:data', String(data));
  },
};

contextBridge.exposeInMainWorld('edgebench', bridge);
