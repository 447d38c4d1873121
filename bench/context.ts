import type { BenchServer } from './support/server.js';
import type { Ending } from './support/ending.js';
import type { BenchOptions } from './options.js';

/** What every benchmark is given. */
export interface Context {
  readonly ending: Ending;
  readonly server: BenchServer;
  readonly options: BenchOptions;
}
