// Ends the process if Node.js is too old. It is imported first and uses only old features, so that an old Node.js
// can run it. It is plain JavaScript because the scripts need it before src is built.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const needed = /\d+\.\d+/.exec(engines.node)[0];
const [major, minor] = needed.split('.').map(Number);
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(`Call Ledger needs Node.js ${needed} or newer; this is ${process.versions.node}.`);
  console.error('Install a newer one (https://nodejs.org), run npm ci again, and start again.');
  process.exit(1);
}
