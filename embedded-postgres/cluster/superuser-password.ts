// Sets the superuser's password when nobody knows the old one, for example because the file with it was lost.
//
// PostgreSQL's single-user mode asks for no password and listens on no port. Whoever may read the files may use it.
// Another pg_hba.conf would open the database to others for a moment.
import { LOCKED_EXIT_CODE } from '../ownership/file-lock.js';
import { SUPERUSER } from '../ownership/owner-lock.js';
import type { ServerFiles } from '../server/server-process.js';
import { runProgram } from '../operating-system/programs.js';
import { settingArguments } from '../server/server-settings.js';

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
  const statement = `ALTER ROLE ${SUPERUSER} PASSWORD '${password.replaceAll("'", "''")}'\n`;
  const { exitCode, output } = await runProgram(launcher, command, signal, statement);
  if (exitCode === LOCKED_EXIT_CODE) return false;
  // It ends with 0 though a statement failed.
  if (exitCode === 0 && !/ (?:ERROR|FATAL|PANIC): /.test(output)) return true;
  throw new Error(
    `The password of the embedded PostgreSQL could not be set in ${clusterDirectory}:\n${output.trim()}`,
  );
}
