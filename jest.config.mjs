import { availableParallelism } from 'node:os';
import { OWN_SERVER_TESTS } from './test/support/own-server-tests.mjs';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  roots: ['<rootDir>/test'],
  reporters: ['default', '<rootDir>/test/support/skipped-reporter.mjs'],
  testMatch: ['**/*.test.ts'],
  // A server that is given is neither started nor stopped.
  testPathIgnorePatterns: process.env.TEST_DATABASE_URL === undefined ? ['/node_modules/'] : OWN_SERVER_TESTS,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // Node.js loads the program of a thread by itself, and the console is a file of the build.
    '/built-files\\.js$': '<rootDir>/test/support/built-files.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Half of the time is waiting: one more than there are processors. More than four would ask for more connections than the tests'
  // PostgreSQL has.
  maxWorkers: Math.min(4, availableParallelism() + 1),
  // Node.js keeps modules of test files that are over. The last files of a run took 30 s where they take 3 s by themselves.
  workerIdleMemoryLimit: '1GB',
  // A busy machine may take ten times as long as a quiet one; what hangs is told all the same.
  testTimeout: 300_000,
};
