// Shows on a terminal what a long step does and for how many seconds. The step may block this thread, because another
// thread writes the line.
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const STANDARD_ERROR = 2;
const TICK_MS = 500;
/** The places in the shared memory: 1 when the thread should end, 1 when it has ended. */
const [END, ENDED] = [0, 1];
/** How long to wait for the thread. It only writes a line. */
const PATIENCE_MS = 2000;

const TICKER = `
  const { writeSync } = require('node:fs');
  const { workerData: { shared, text, tickMs } } = require('node:worker_threads');
  const state = new Int32Array(shared);
  const begin = Date.now();
  do {
    const seconds = Math.round((Date.now() - begin) / 1000);
    writeSync(${STANDARD_ERROR}, '\\r\\u001b[2K' + text + ' … ' + seconds + ' s');
  } while (Atomics.wait(state, ${END}, 0, tickMs) === 'timed-out');
  writeSync(${STANDARD_ERROR}, '\\r\\u001b[2K');
  Atomics.store(state, ${ENDED}, 1);
  Atomics.notify(state, ${ENDED});
`;

/**
 * Runs a step. On a terminal, one line says what it does and for how long, and goes away at the end.
 *
 * @param text what the step does
 * @param run the step, which may block
 */
export function withProgress(text, run) {
  if (!process.stderr.isTTY) return run();
  const shared = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const state = new Int32Array(shared);
  const ticker = new Worker(TICKER, { eval: true, workerData: { shared, text, tickMs: TICK_MS } });
  ticker.unref();
  try {
    return run();
  } finally {
    Atomics.store(state, END, 1);
    Atomics.notify(state, END);
    Atomics.wait(state, ENDED, 0, PATIENCE_MS);
  }
}

/** Writes a short line on a terminal, and a line of the log elsewhere. */
export function tell(text, context) {
  const head = process.stderr.isTTY ? '' : `${new Date().toISOString().slice(0, 19)}Z INFO  ${context}: `;
  writeSync(STANDARD_ERROR, `${head}${text}\n`);
}
