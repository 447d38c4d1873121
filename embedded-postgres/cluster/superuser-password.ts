// Sets the superuser's password when nobody knows the old one, for example because the file with it was lost.
//
// PostgreSQL's single-user mode asks for no password and listens on no port. Whoever may read the files may use it. Another pg_hba.conf
// would open the database to others for a moment.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LOCKED_EXIT_CODE } from '../ownership/file-lock.js';
import { SUPERUSER } from '../ownership/owner-lock.js';
import type { ServerFiles } from '../server/server-process.js';
import { serverEnvironment, settingArguments } from '../server/server-settings.js';

/** How the statement below is read and how the password is stored, whatever postgresql.conf says. */
const SAFE_SETTINGS = { standard_conforming_strings: 'on', password_encryption: 'scram-sha-256' };
/** The settings need a port. Single-user mode does not use it. */
const UNUSED_PORT = 5432;

/**
 * Recovers the cluster if necessary, sets the password, and ends. No server may run on the cluster.
 *
 * @param lock comes before a command so that it locks the files
 * @returns whether it was set; false when another process has the files
 * @throws Error that quotes PostgreSQL
 */
export async function setSuperuserPassword(
  { binaries, launcher, clusterDirectory, settings }: ServerFiles,
  lock: readonly string[],
  password: string,
  signal: AbortSignal,
): Promise<boolean> {
  const serverArgs = settingArguments(UNUSED_PORT, { ...settings, ...SAFE_SETTINGS });
  const command = [...lock, binaries.postgres, '--single', '-D', clusterDirectory, ...serverArgs, 'postgres'];
  const [first = binaries.postgres, ...rest] = command;
  const { file, args, ...identity } = launcher.command(first, rest);
  signal.throwIfAborted();
  const child = spawn(file, args, {
    ...identity,
    cwd: '/',
    env: serverEnvironment(),
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // It may end, without having read, because the files are locked.
  child.stdin.on('error', () => undefined);
  child.stdin.end(`ALTER ROLE ${SUPERUSER} PASSWORD '${password.replaceAll("'", "''")}'\n`);
  const end = (): void => void child.kill();
  signal.addEventListener('abort', end);
  await once(child, 'close');
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (child.exitCode === LOCKED_EXIT_CODE) return false;
  // It ends with 0 though a statement failed.
  if (child.exitCode === 0 && !/ (?:ERROR|FATAL|PANIC): /.test(output)) return true;
  throw new Error(
    `The password of the embedded PostgreSQL could not be set in ${clusterDirectory}:\n${output.trim()}`,
  );
}
