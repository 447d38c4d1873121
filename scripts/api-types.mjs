// Writes the types of the API, from the API's description, for the console and for the client package.
import '../src/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTs, { astToString } from 'openapi-typescript';
import { build } from './build.mjs';

const root = new URL('..', import.meta.url);
/** The compiler copies no .d.ts into the package of the client. */
const TARGETS = ['console/generated/api.d.ts', 'client/src/generated/api.ts'].map(
  (path) => new URL(path, root),
);

/** Writes the files that are not of the present sources. */
export async function writeApiTypes() {
  await build({ ifChanged: true });
  const from = `// From the sources ${readFileSync(new URL('dist/sources.sha256', root), 'utf8')}.\n`;
  const missing = TARGETS.filter((file) => !existsSync(file) || !readFileSync(file, 'utf8').startsWith(from));
  if (missing.length === 0) return;
  const written = spawnSync(process.execPath, ['dist/src/write-openapi.js'], { cwd: root, stdio: 'inherit' });
  if (written.status !== 0) process.exit(written.status ?? 1);
  const types = await openapiTs(new URL('openapi.json', root), { alphabetize: true });
  for (const file of missing) {
    mkdirSync(new URL('.', file), { recursive: true });
    // Another process may read it meanwhile.
    const fresh = `${fileURLToPath(file)}.new-${process.pid}`;
    writeFileSync(fresh, from + astToString(types));
    renameSync(fresh, file);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeApiTypes();
