// `npm run bench -- …` builds the service if its sources have changed, builds the benchmarks into dist.bench/, and
// runs them (bench/main.ts).
import '../src/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

await build({ ifChanged: true });
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.bench.json'], {
  stdio: 'inherit',
  cwd: root,
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
await import('../dist.bench/bench/main.js');
