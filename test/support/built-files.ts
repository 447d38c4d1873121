// In tests that run the service's modules from their sources, threads run what was built of them: Node.js itself
// loads their program.
import { fileURLToPath } from 'node:url';

const BUILT = fileURLToPath(new URL('../../dist/src/worker.js', import.meta.url));

export let WORKER_FILE = BUILT;
export const CONSOLE_PAGE = fileURLToPath(new URL('../../dist/console-page', import.meta.url));

/** Lets new threads run another program; without one, the built one again. */
export function runInThreads(file = BUILT): void {
  WORKER_FILE = file;
}
