// `npm start`: builds what changed, then serves in this same process.
import '../src/node-version.mjs';
import { build } from './build.mjs';

/** How soon the service notices that npm is gone. */
const LOOK_MS = 250;

// npm hands a SIGTERM to the shell that it ran this in, and the shell ends without a word to anybody. A service that
// has lost its parent so has been told to end; it ends as if the signal had come to itself.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
}, LOOK_MS).unref();

build({ ifChanged: true });
await import('../dist/main.js');
