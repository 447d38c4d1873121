// PostgreSQL refuses to run as root. If this process runs as root, the server's programs are started as another
// user. This user must be able to reach the server's files.
import type { Stats } from 'node:fs';
import { access, constants, lchown, readdir, readFile, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Binaries } from '../cluster/binaries.js';
import { errorCode } from '../../platform/error-code.js';

/** A user of the operating system. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A command for `child_process.spawn`. */
interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts the server's programs as the right user. */
export interface Launcher {
  /** The user that must own the server's files; undefined if it is this process's user. */
  readonly user: ServerUser | undefined;
  /** The command that runs the program as that user. */
  command(file: string, args: readonly string[]): Command;
}

/**
 * Finds out how to run the server for a cluster folder. The folder may not exist yet.
 * @throws Error that says what to do when this process's user can't run it.
 */
export async function findLauncher(clusterDirectory: string, binaries: Binaries): Promise<Launcher> {
  const uid = process.getuid?.();
  const owner = await ownerOf(clusterDirectory);
  if (uid !== 0) {
    if (uid !== undefined && owner !== undefined && owner.uid !== uid) {
      const [ownerName, ownName] = [await nameOf(owner.uid), await nameOf(uid)];
      throw new Error(
        `The PostgreSQL files in ${clusterDirectory} belong to ${ownerName}, but this process runs as ${ownName}. Run ` +
          `it as ${ownerName} or as root, or choose another DATA_DIR.`,
      );
    }
    return { user: undefined, command: (file, args) => ({ file, args }) };
  }
  const user = await chooseUser(owner);
  const folders = [dirname(clusterDirectory)];
  if ((await canSearch(user, folders)) && (await canRun(user, binaries))) {
    return { user, command: (file, args) => ({ file, args, uid: user.uid, gid: user.gid }) };
  }
  return throughSetpriv(user, clusterDirectory, binaries);
}

/**
 * Gives a cluster that belongs to root, for example a restored copy, to the user. The top folder is changed last,
 * so that an interrupted run is repeated.
 */
export async function chownTree(path: string, user: ServerUser): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries) {
    const entryPath = join(path, entry.name);
    if (entry.isDirectory()) await chownTree(entryPath, user);
    else await lchown(entryPath, user.uid, user.gid);
  }
  await lchown(path, user.uid, user.gid);
}

/**
 * Returns the path of a program. It also looks in the usual folders, because a service's PATH may not have them.
 */
export async function findTool(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, '/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    try {
      await access(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error;
    }
  }
  return undefined;
}

async function throughSetpriv(
  user: ServerUser,
  clusterDirectory: string,
  binaries: Binaries,
): Promise<Launcher> {
  const setpriv = process.platform === 'linux' ? await findTool('setpriv') : undefined;
  if (setpriv === undefined) {
    throw new Error(
      `PostgreSQL refuses to run as root, and the user ${user.name} can't enter ${dirname(clusterDirectory)} or ` +
        `${binaries.folder}. Start Call Ledger as an ordinary user, or move it and DATA_DIR to folders that every user ` +
        `may enter, or install setpriv (util-linux), or set DATABASE_URL.`,
    );
  }
  const capability = await smallestCapability(binaries);
  const options = [
    ...['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups', '--no-new-privs'],
    ...[`--inh-caps=-all,+${capability}`, `--ambient-caps=-all,+${capability}`],
    // initdb and postgres look for their own files with access(2). Without this bit, it ignores the capabilities of
    // users other than root, and the error is "invalid binary … Permission denied".
    ...['--securebits', '+no_setuid_fixup'],
  ];
  return { user, command: (file, args) => ({ file: setpriv, args: [...options, file, ...args] }) };
}

/**
 * Returns the smallest capability that is enough. To enter closed folders, CAP_DAC_READ_SEARCH is enough. But it
 * may be missing (containers have DAC_OVERRIDE only), and it does not allow running a program whose own mode
 * forbids it (after npm ci with umask 077).
 */
async function smallestCapability(binaries: Binaries): Promise<'dac_read_search' | 'dac_override'> {
  const readSearchBit = 2n;
  const permitted = /^CapPrm:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const modes = await Promise.all(
    [binaries.postgres, binaries.initdb].map(async (path) => (await stat(path)).mode),
  );
  const runnable = modes.every((mode) => (mode & 0o001) !== 0);
  return runnable && ((BigInt(`0x${permitted}`) >> readSearchBit) & 1n) === 1n
    ? 'dac_read_search'
    : 'dac_override';
}

async function chooseUser(owner: Stats | undefined): Promise<ServerUser> {
  const users = await readUsers();
  if (owner !== undefined && owner.uid !== 0) {
    const { uid, gid } = owner;
    return users.find((user) => user.uid === uid) ?? { name: `with id ${uid}`, uid, gid };
  }
  const user = users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody');
  if (user === undefined || user.uid === 0) {
    throw new Error(
      'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody" to run it as. Start ' +
        'Call Ledger as an ordinary user, or set DATABASE_URL.',
    );
  }
  return user;
}

async function readUsers(): Promise<ServerUser[]> {
  const content = await readFile('/etc/passwd', 'utf8').catch((error: unknown) => {
    // Container images without a distribution do not have this file.
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  });
  return content.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name === undefined || uid === undefined || gid === undefined
      ? []
      : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

async function nameOf(uid: number): Promise<string> {
  const name = (await readUsers()).find((user) => user.uid === uid)?.name;
  return name === undefined ? `the user with id ${uid}` : `the user ${name}`;
}

async function ownerOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whether the user can run the server. One file of each kind is checked, because npm writes all files of a package
 * with the same umask.
 */
async function canRun(user: ServerUser, binaries: Binaries): Promise<boolean> {
  const data = join(binaries.folder, 'share', 'postgresql', 'postgres.bki');
  const library = join(binaries.folder, 'lib', 'postgresql', 'plpgsql.so');
  return (
    (await canSearch(user, [dirname(binaries.postgres), dirname(data), dirname(library)])) &&
    (await has(user, binaries.postgres, 0o5)) &&
    (await has(user, data, 0o4)) &&
    (await has(user, library, 0o4))
  );
}

async function canSearch(user: ServerUser, folders: readonly string[]): Promise<boolean> {
  const all = new Set(folders.flatMap(withAncestors));
  const answers = await Promise.all([...all].map((folder) => has(user, folder, 0o1)));
  return answers.every(Boolean);
}

function withAncestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withAncestors(parent)];
}

async function has(user: ServerUser, path: string, bits: number): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
