// `npm start` builds if the sources have changed, and then runs the service in this process.
import '../src/node-version.mjs';
import { build } from './build.mjs';

/** How often the service checks whether npm still runs. */
const LOOK_MS = 250;

// npm sends SIGTERM to the shell in which it has started this process, and the shell ends without passing the
// signal on. So if the parent is gone, this process ends as if it had received the signal itself.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
}, LOOK_MS).unref();

await build({ ifChanged: true });
// The service's modules take some seconds to load.
if (process.stdout.isTTY && process.env['LOG_FORMAT'] !== 'json') console.log('Starting Call Ledger …');
await import('../dist/main.js');
