// In tests that run the service's modules from their sources, threads run what was built of them: Node.js itself loads their program.
import { fileURLToPath } from 'node:url';

export const WORKER_FILE = fileURLToPath(new URL('../../dist/worker.js', import.meta.url));
