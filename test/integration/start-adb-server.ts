import { startServer } from '@main/platform/adbkit/start-server';

// A program of its own, so that a file can be left open around the start of the server.
void startServer(Number(process.argv[2])).then(() => process.exit(0));
