// Writes the types of the API for the console, from the API's description: console/generated/api.d.ts.
import '../src/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import openapiTs, { astToString } from 'openapi-typescript';
import { build } from './build.mjs';

const target = new URL('../console/generated/api.d.ts', import.meta.url);

build({ ifChanged: true });
const from = `// From the sources ${readFileSync(new URL('../dist/sources.sha256', import.meta.url), 'utf8')}.\n`;
if (!existsSync(target) || !readFileSync(target, 'utf8').startsWith(from)) {
  const written = spawnSync(process.execPath, ['dist/src/write-openapi.js'], {
    cwd: new URL('..', import.meta.url),
    stdio: 'inherit',
  });
  if (written.status !== 0) process.exit(written.status ?? 1);
  const types = await openapiTs(new URL('../openapi.json', import.meta.url), { alphabetize: true });
  mkdirSync(new URL('.', target), { recursive: true });
  writeFileSync(target, from + astToString(types));
}
