import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/**
 * Which folders of src/ a folder may import from, itself apart. Files that stand in src/ itself put the modules
 * together and may import anything; a module imports none of them but those of FOR_ALL.
 */
const MAY_IMPORT = {
  config: ['time'],
  console: ['http'],
  health: ['config', 'http', 'ingestion', 'persistence'],
  http: ['tracing', 'json', 'numbers', 'openapi', 'persistence', 'time'],
  ingestion: [
    'tracing',
    'config',
    'http',
    'json',
    'metrics',
    'numbers',
    'openapi',
    'persistence',
    'security',
    'time',
    'codes',
    'workers',
  ],
  json: [],
  metrics: ['config', 'http', 'persistence'],
  numbers: ['json'],
  openapi: [],
  persistence: ['config', 'tracing'],
  privacy: ['config', 'http', 'ingestion', 'numbers', 'persistence', 'security', 'workers'],
  query: ['config', 'http', 'json', 'metrics', 'numbers', 'persistence', 'security', 'time', 'codes'],
  quarantine: ['config', 'http', 'ingestion', 'metrics', 'persistence', 'security'],
  security: ['config', 'http', 'json', 'numbers', 'openapi', 'persistence'],
  simulator: [],
  status: ['config', 'http', 'ingestion', 'persistence', 'quarantine', 'security'],
  time: [],
  tracing: ['config'],
  workers: [],
  codes: [],
};
const FOLDERS = readdirSync(new URL('src', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
for (const folder of FOLDERS) {
  if (!(folder in MAY_IMPORT))
    throw new Error(`eslint.config.mjs does not say what src/${folder} may import`);
}

/** What stands in src/ itself for every module to use. */
const FOR_ALL = ['durable-files.ts', 'errors.ts', 'within.ts'];
const ASSEMBLY = readdirSync(new URL('src', import.meta.url))
  .filter((name) => name.endsWith('.ts') && !FOR_ALL.includes(name))
  .map((name) => name.slice(0, -3).replaceAll('.', '\\.'));

function boundaryOf(folder) {
  const forbidden = FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder].includes(other));
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths:
            folder === 'json'
              ? []
              : [
                  {
                    name: 'lossless-json',
                    message: 'src/json/exact-numbers.ts has the numbers of this library.',
                  },
                ],
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
              message: `src/${folder} may import from: ${MAY_IMPORT[folder].join(', ') || 'no other folder'}.`,
            },
            {
              regex: `^(\\.\\./)+(${ASSEMBLY.join('|')})\\.js$`,
              message: 'Modules do not import what puts them together.',
            },
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist/', 'dist.*/', 'data/', 'node_modules/', 'coverage/', 'test-results/'] },
  // Import what is generated in a test, which compiles them.
  { ignores: ['test/contract/clients/'] },
  { ignores: ['console/generated/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Nest modules are classes that carry a decorator and nothing else; a DTO may have no field.
      '@typescript-eslint/no-extraneous-class': ['error', { allowEmpty: true, allowWithDecorator: true }],
      // DTOs are classes for their decorators' sake; they are shapes without behaviour, and plain objects have it.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // The type of a row is the caller's to name.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  ...FOLDERS.map(boundaryOf),
  {
    // The page knows of the service what the API's description says, and nothing else.
    files: ['console/**/*.ts', 'console/**/*.tsx'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '(^|/)(src|dist|test|bench)/', message: 'console imports nothing of the server.' },
          ],
        },
      ],
    },
  },
  {
    // An id that was read wrongly must not reach the group of the tests themselves.
    files: ['test/**/*.{ts,mjs}', 'bench/**/*.ts'],
    ignores: ['test/support/signals.mjs'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: ['node:process', 'process'].map((name) => ({ name, importNames: ['kill'] })) },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'kill', message: 'Use signal() of test/support/signals.mjs.' },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setInterval: 'readonly' },
    },
  },
  prettier,
);
