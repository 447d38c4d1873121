// Runs the service from its sources. When a source changes, the console's included, it builds and starts the
// service again.
import '../src/node-version.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const WATCHED = ['src', 'platform', 'embedded-postgres', 'simulator', 'console'];
/** The time to wait after a change, because editors may save several files at once. */
const SETTLE_MS = 300;

let isStopping = false;
/** @type {(() => void) | undefined} */
let changed;
/** @type {import('node:child_process').ChildProcess | undefined} */
let service;

function say(text) {
  console.error(`dev: ${text}`);
}

/** @returns whether the sources could be built */
async function build() {
  const [code] = await once(
    spawn(process.execPath, ['scripts/build.mjs', '--if-changed'], { cwd: root, stdio: 'inherit' }),
    'exit',
  );
  return code === 0;
}

async function stop() {
  const ending = service;
  service = undefined;
  if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
  const ended = once(ending, 'exit');
  ending.kill('SIGTERM');
  await ended;
}

function start() {
  const started = spawn(process.execPath, ['dist/main.js'], { cwd: root, stdio: 'inherit' });
  started.once('exit', () => {
    if (service === started) say('the service has ended; it will be started again at the next change');
  });
  service = started;
}

/** Resolves at the next change of a source. */
function nextChange() {
  return new Promise((resolve) => (changed = resolve));
}

const watchers = WATCHED.map((folder) =>
  watch(join(root, folder), { recursive: true }, (_event, name) => {
    // Changes of generated files are ignored, because the build itself makes them.
    if (name === null || !name.split(/[/\\]/).includes('generated')) changed?.();
  }),
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    isStopping = true;
    changed?.();
  });

while (!isStopping) {
  const change = nextChange();
  if (await build()) {
    await stop();
    if (!isStopping) start();
  } else
    say('the build failed; the previous build keeps running. Correct the error, and it will be built again');
  await change;
  if (!isStopping) await wait(SETTLE_MS);
}
for (const watcher of watchers) watcher.close();
await stop();
