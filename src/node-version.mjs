// Ends the process when Node.js is too old, before anything is loaded that such a Node.js can't load. So this imports nothing new, and is
// imported first. Plain JavaScript: the scripts need it before src is built.
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
