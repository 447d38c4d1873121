import { availableParallelism } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { COMPILED } from './scripts/build.mjs';
import { OWN_SERVER_TESTS } from './test/support/own-server-tests.mjs';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const SOURCES = COMPILED.map((name) => join(ROOT, name, sep));

/**
 * The tests import the service's modules by the paths of their sources, and get what is built of them. So Node.js loads what users
 * run, once for all files of a worker.
 */
const builtModules = {
  name: 'built-modules',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!source.startsWith('.') || importer === undefined) return null;
    const path = resolve(dirname(importer), source);
    if (!path.endsWith('.js') || !SOURCES.some((folder) => path.startsWith(folder))) return null;
    return { id: join(ROOT, 'dist', path.slice(ROOT.length)), external: true };
  },
};

/** Start the service, databases and programs of others as processes, stop, kill and fill them. CI runs these too. */
const OF_THE_SYSTEM = 'test/**/*.system.test.ts';
/** Take so long that only `npm run test:long` runs them. */
const LONG = 'test/**/*.long.test.ts';
/** Begins with the longest ones, so that no processor is idle at the end. They wait more than others, and CI checks at the same time. */
class LongestFirst extends BaseSequencer {
  async sort(files) {
    const [long, others] = [[], []];
    const isLong = (path) => /\.(system|long)\.test\.ts$|\/docs-page\.test\.ts$|\/test\/console\//.test(path);
    for (const file of await super.sort(files)) (isLong(file.moduleId) ? long : others).push(file);
    return [...long, ...others];
  }
}

/** Start or harm servers themselves. */
const OF_OWN_SERVERS = OWN_SERVER_TESTS.map((path) => (path.endsWith('/') ? `${path}**` : path));

export default defineConfig(({ mode }) => {
  const areNamed = process.argv.some((word) => /^(\.\/)?test\//.test(word));
  const isLongWanted = mode === 'long' || process.env.TEST_FORM === 'long' || areNamed;
  return {
    plugins: [builtModules],
    // Of the tests themselves.
    oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
    test: {
      include: ['test/**/*.test.ts'],
      exclude: [
        ...configDefaults.exclude,
        ...(isLongWanted ? [] : [LONG]),
        ...(isLongWanted || mode === 'ci' ? [] : [OF_THE_SYSTEM]),
        // A server that is given is neither started nor stopped.
        ...(process.env.TEST_DATABASE_URL === undefined ? [] : OF_OWN_SERVERS),
      ],
      globalSetup: ['./test/support/global-setup.mjs'],
      pool: 'forks',
      // With modules of its own, each file would load the whole service anew.
      isolate: false,
      // Half of the time is waiting. More than four would ask for more connections than the tests' PostgreSQL has.
      maxWorkers: Math.min(4, 2 * availableParallelism()),
      sequence: { hooks: 'list', sequencer: LongestFirst },
      // A busy machine may take ten times as long as a quiet one; what hangs is told all the same.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      teardownTimeout: 300_000,
      reporters: [
        'default',
        './test/support/skipped-reporter.mjs',
        ...(process.env.TEST_RESULTS === undefined
          ? []
          : [['json', { outputFile: process.env.TEST_RESULTS }]]),
      ],
    },
  };
});
