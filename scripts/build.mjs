// Compiles the folders of COMPILED into folders of the same names in dist/, bundles the service's program there, and bundles
// console/ into dist/console-page. With `--if-changed` it does nothing if dist/ was built from the same sources. The compiler
// writes into a new folder, which then replaces dist/ by a rename. A process that runs from dist/ is not disturbed,
// because it has loaded all its files at its start.
import '../src/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';
import { bundleService } from './bundle-service.mjs';
import { tell, withProgress } from './progress.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stampName = 'sources.sha256';
/** The same folders as in tsconfig.build.json. */
export const COMPILED = ['src', 'platform', 'embedded-postgres', 'simulator'];
/** Files that the service needs and the compiler does not write. */
const COPIED = ['package.json', 'src/node-version.mjs'];

function sourceHash() {
  const hash = createHash('sha256');
  const sources = [...COMPILED, 'console']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('generated'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build-console.mjs',
    'scripts/bundle-service.mjs',
    'package-lock.json',
    ...sources.map((path) => path.slice(root.length)),
  ]) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function builtFrom() {
  const stamp = join(dist, stampName);
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}

/** Puts a folder that was built in the place of an earlier one. */
export function replaceBuilt(folder, fresh) {
  const retired = `${folder}.old-${process.pid}`;
  try {
    if (existsSync(folder)) renameSync(folder, retired);
    renameSync(fresh, folder);
  } catch (error) {
    // Another build has finished in between. Its result was made from the same sources.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
  } finally {
    rmSync(retired, { recursive: true, force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Builds. If the compiler fails, it ends the process with the compiler's exit code. */
export async function build({ ifChanged }) {
  const wanted = sourceHash();
  if (ifChanged && builtFrom() === wanted) return;
  const begin = Date.now();
  tell('Building (at the first start, and when the sources have changed) …', 'Build');
  const fresh = join(root, `dist.new-${process.pid}`);
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const result = withProgress('  compiling the service', () =>
    spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', fresh], {
      stdio: 'inherit',
      cwd: root,
    }),
  );
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.exit(result.status ?? 1);
  }
  try {
    for (const file of COPIED) copyFileSync(join(root, file), join(fresh, file));
    // dist/main.js stays the path of the service's program.
    writeFileSync(join(fresh, 'main.js'), "import './src/main.js';\n");
    await bundleService(fresh);
    withProgress('  bundling the console', () => buildConsole(join(fresh, 'console-page')));
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  writeFileSync(join(fresh, stampName), wanted);
  if (!ifChanged || builtFrom() !== wanted) replaceBuilt(dist, fresh);
  else rmSync(fresh, { recursive: true, force: true });
  if (process.stderr.isTTY) tell(`Built in ${Math.round((Date.now() - begin) / 1000)} s.`, 'Build');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ ifChanged: process.argv.includes('--if-changed') });
}
