import { fileURLToPath } from 'node:url';

// Paths of what the build makes besides the service's modules. The tests run the sources and replace this file by
// their own.

/** The program of each thread. */
export const WORKER_FILE = fileURLToPath(new URL('worker.js', import.meta.url));
/** The folder of the console's page. */
export const CONSOLE_PAGE = fileURLToPath(new URL('../console-page', import.meta.url));
