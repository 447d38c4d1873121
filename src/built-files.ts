import { fileURLToPath } from 'node:url';

// What the build makes besides the service's modules. The tests, which run the sources, put their own file in the place of this one.

/** The program of each thread. */
export const WORKER_FILE = fileURLToPath(new URL('worker.js', import.meta.url));
/** The folder of the console's page. */
export const CONSOLE_PAGE = fileURLToPath(new URL('../console-page', import.meta.url));
