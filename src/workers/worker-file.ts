import { fileURLToPath } from 'node:url';

/** The program of each thread, as it is built. */
export const WORKER_FILE = fileURLToPath(new URL('../worker.js', import.meta.url));
