import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/**
 * Which folders of src/ a folder may import from, itself apart. Files that stand in src/ itself put the modules
 * together and may import anything; a module imports none of them but those of FOR_ALL.
 */
const MAY_IMPORT = {
  background: [],
  call: ['codes', 'time'],
  completeness: [
    'background',
    'config',
    'http',
    'ingestion',
    'metrics',
    'numbers',
    'persistence',
    'security',
    'vendor-api',
  ],
  config: ['outbound', 'time'],
  console: ['http'],
  health: ['background', 'config', 'http', 'ingestion', 'persistence'],
  http: ['background', 'tracing', 'json', 'numbers', 'openapi', 'persistence', 'time'],
  ingestion: [
    'background',
    'call',
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
  metrics: ['background', 'config', 'http', 'persistence'],
  numbers: ['call', 'json'],
  people: ['background', 'config', 'http', 'persistence', 'security'],
  openapi: [],
  outbound: [],
  persistence: ['background', 'call', 'config', 'json', 'tracing'],
  privacy: [
    'background',
    'call',
    'config',
    'http',
    'ingestion',
    'numbers',
    'persistence',
    'security',
    'workers',
  ],
  query: [
    'background',
    'call',
    'config',
    'http',
    'json',
    'metrics',
    'numbers',
    'persistence',
    'security',
    'time',
    'codes',
  ],
  recordings: ['background', 'config', 'http', 'ingestion', 'metrics', 'outbound', 'persistence', 'security'],
  quarantine: ['config', 'http', 'ingestion', 'json', 'metrics', 'persistence', 'security'],
  security: ['background', 'call', 'config', 'http', 'json', 'numbers', 'openapi', 'persistence'],
  status: [
    'background',
    'completeness',
    'config',
    'http',
    'ingestion',
    'persistence',
    'quarantine',
    'security',
  ],
  time: [],
  tracing: ['config'],
  'vendor-api': ['background', 'config', 'json'],
  webhooks: [
    'background',
    'config',
    'http',
    'json',
    'numbers',
    'outbound',
    'persistence',
    'query',
    'security',
  ],
  workers: ['config'],
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
const FOR_ALL = ['errors.ts', 'within.ts'];
const ASSEMBLY = readdirSync(new URL('src', import.meta.url))
  .filter((name) => name.endsWith('.ts') && !FOR_ALL.includes(name))
  .map((name) => name.slice(0, -3).replaceAll('.', '\\.'));

/** The folders beside src/ that are compiled with it or by themselves: which folders and packages each may import, itself and Node.js's modules apart. */
const BESIDE = {
  platform: { folders: [], packages: [] },
  'embedded-postgres': { folders: ['platform'], packages: ['pg'] },
  simulator: { folders: ['platform'], packages: ['cli-progress'] },
  client: { folders: [], packages: [] },
};
const TOP_FOLDERS = readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** The one file of the service that imports the embedded PostgreSQL, and nothing else. */
const EMBEDDED_SERVER = 'src/persistence/connections/embedded-server.ts';
const NOT_FOR_THE_SERVICE = {
  regex: '^(\\.\\./)+(embedded-postgres|simulator)/',
  message: `Only ${EMBEDDED_SERVER} imports the embedded PostgreSQL, and nothing of the service imports the simulator.`,
};

/** Imports that the files must not have. Later entries of the configuration replace these, so each file is in one. */
function forbidImports(files, ignores, patterns) {
  return { files, ignores, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

function boundaryBeside(folder) {
  const { folders, packages } = BESIDE[folder];
  const forbidden = TOP_FOLDERS.filter((other) => other !== folder && !folders.includes(other));
  const message = `${folder}/ may import: ${['modules of Node.js', ...folders, ...packages].join(', ')}.`;
  return forbidImports(
    [`${folder}/**/*.ts`],
    [],
    [
      { regex: `^(\\.\\./)+(${forbidden.join('|')})/`, message },
      { regex: `^(?!\\.|node:${packages.map((name) => `|${name}$`).join('')})`, message },
    ],
  );
}

/** One file has the numbers of this library for all. */
const EXACT_NUMBERS = {
  regex: '^lossless-json$',
  message: 'src/json/exact-numbers.ts has the numbers of this library.',
};

function patternsOf(folder) {
  const forbidden = FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder].includes(other));
  return [
    {
      regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
      message: `src/${folder} may import from: ${MAY_IMPORT[folder].join(', ') || 'no other folder'}.`,
    },
    {
      regex: `^(\\.\\./)+(${ASSEMBLY.join('|')})\\.js$`,
      message: 'Modules do not import what puts them together.',
    },
    NOT_FOR_THE_SERVICE,
    ...(folder === 'json' ? [] : [EXACT_NUMBERS]),
  ];
}

function boundaryOf(folder) {
  return forbidImports([`src/${folder}/**/*.ts`], [EMBEDDED_SERVER], patternsOf(folder));
}

const NO_HTTP_ERRORS = 'Below the controllers of pushes, an outcome is returned, or a plain error thrown.';

export default tseslint.config(
  { ignores: ['dist/', 'dist.*/', 'data/', 'node_modules/', 'coverage/', 'test-results/'] },
  // Import what is generated in a test, which compiles them.
  { ignores: ['test/contract/clients/'] },
  { ignores: ['console/generated/', 'client/dist/', 'client/src/generated/'] },
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
      // There are no enums here, and this rule took a fifth of the time of all rules.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // The type of a row is the caller's to name.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'PrivateIdentifier', message: "Private members are TypeScript's: `private`, not `#`." },
        {
          selector: 'ImportDeclaration[source.value="pg"] > ImportDefaultSpecifier',
          message: "Import pg's classes by their names.",
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  ...FOLDERS.map(boundaryOf),
  ...Object.keys(BESIDE).map(boundaryBeside),
  forbidImports(['src/*.ts'], [], [NOT_FOR_THE_SERVICE]),
  forbidImports(
    [EMBEDDED_SERVER],
    [],
    [
      {
        regex: '^(?!(\\.\\./)+embedded-postgres/embedded-postgres\\.js$)',
        message: 'It imports embedded-postgres/embedded-postgres.ts and nothing else.',
      },
    ],
  ),
  {
    files: ['src/**/*.ts', ...Object.keys(BESIDE).map((folder) => `${folder}/**/*.ts`)],
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'variable',
          modifiers: ['const', 'global'],
          types: ['string', 'number', 'boolean'],
          format: ['UPPER_CASE'],
        },
      ],
    },
  },
  {
    // A file or a function that is longer is two things. Comments do not count: they are to be written.
    files: ['src/**/*.ts', ...Object.keys(BESIDE).map((folder) => `${folder}/**/*.ts`)],
    rules: {
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 45, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
    rules: {
      'max-len': [
        'error',
        {
          code: 1000,
          comments: 120,
          ignoreUrls: true,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
        },
      ],
    },
  },
  {
    files: ['src/ingestion/**/*.ts'],
    ignores: ['src/ingestion/push/*.{controller,filter,guard}.ts', 'src/ingestion/push/push-error.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...patternsOf('ingestion'),
            { regex: '/push-error(\\.filter)?\\.js$', message: NO_HTTP_ERRORS },
            { regex: '^@nestjs/common$', importNamePattern: 'Exception$', message: NO_HTTP_ERRORS },
          ],
        },
      ],
    },
  },
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
    // Vitest's `expect.any` and the like are of the type `any`.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
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
      globals: {
        ...{ process: 'readonly', console: 'readonly', URL: 'readonly', setInterval: 'readonly' },
        ...{ fetch: 'readonly', AbortSignal: 'readonly' },
      },
    },
  },
  prettier,
);
