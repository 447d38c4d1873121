import { Workers } from '../../src/workers/workers.js';

const BUILT = Workers.program;

/** Lets new threads run another program; without one, the service's own again. */
export function runInThreads(program = BUILT): void {
  Workers.program = program;
}
