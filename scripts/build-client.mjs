// Builds the client package into client/dist, if its sources have changed.
import '../src/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeApiTypes } from './api-types.mjs';
import { replaceBuilt } from './build.mjs';

const client = fileURLToPath(new URL('../client', import.meta.url));
const dist = join(client, 'dist');
const STAMP = 'sources.sha256';

function sourceHash() {
  const hash = createHash('sha256');
  const sources = readdirSync(join(client, 'src'), { recursive: true }).filter((name) =>
    name.endsWith('.ts'),
  );
  for (const file of ['tsconfig.json', ...sources.sort().map((name) => join('src', name))])
    hash.update(`${file}\0`).update(readFileSync(join(client, file)));
  return hash.digest('hex');
}

function isBuiltFrom(hash) {
  const stamp = join(dist, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

await writeApiTypes();
const hash = sourceHash();
if (!isBuiltFrom(hash)) {
  const fresh = `${dist}.new-${process.pid}`;
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const compiled = spawnSync(
    process.execPath,
    [compiler, '-p', client, '--noEmit', 'false', '--outDir', fresh],
    { stdio: 'inherit' },
  );
  if (compiled.status === 0) writeFileSync(join(fresh, STAMP), hash);
  // Another build may have finished in between.
  if (compiled.status === 0 && !isBuiltFrom(hash)) replaceBuilt(dist, fresh);
  else rmSync(fresh, { recursive: true, force: true });
  process.exitCode = compiled.status ?? 1;
}
