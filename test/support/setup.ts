import '@main/platform/node/legacy-util-shim';
