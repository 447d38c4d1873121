// Signals to other processes, by ids that were read from files or from the system.
import { readFileSync } from 'node:fs';
import { errorCode } from '../../src/errors.js';
import { commandLine } from '../../src/persistence/embedded/process-info.js';
import { until } from './service.js';

/** There is no such process, or its id has gone to another user's. */
const NONE_OF_OURS = ['ESRCH', 'EPERM'];

/**
 * Sends a signal to one process.
 *
 * @throws Error when the id is none: to the system 0 is the whole group of this process, the shell that runs the tests
 *   included, and a negative id another group. ESRCH when there is no such process.
 */
export function signal(pid: number, name: NodeJS.Signals | 0): void {
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new Error(`${pid} is no process to send ${name} to`);
  process.kill(pid, name);
}

/** Also of a zombie, which has ended and is still listed. */
export function isAlive(pid: number): boolean {
  try {
    signal(pid, 0);
    return true;
  } catch (error) {
    if (NONE_OF_OURS.includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Sends a signal to a process that may have ended meanwhile. */
export function signalIfAlive(pid: number, name: NodeJS.Signals): void {
  try {
    signal(pid, name);
  } catch (error) {
    if (!NONE_OF_OURS.includes(errorCode(error) ?? '')) throw error;
  }
}

/** A process and its children; a zombie has none. On Linux only: elsewhere there is no such list to be read. */
export function withChildren(pid: number): number[] {
  const children = listOfChildren(pid)?.match(/\d+/g) ?? [];
  return [pid, ...children.map(Number)].filter(isAlive);
}

/** The ids between blanks; undefined when the process has ended. */
function listOfChildren(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch (error) {
    // A kernel may be without these lists.
    if (isAlive(pid)) throw error;
    return undefined;
  }
}

/** The embedded server of a data directory; undefined when none is noted, or the note is just being written. */
export function postmasterPid(dataDir: string): number | undefined {
  const pid = Number.parseInt(contentIfThere(`${dataDir}/postgres/postmaster.pid`), 10);
  return pid > 1 ? pid : undefined;
}

function contentIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** @throws Error when no server is noted in the data directory */
export function serverPid(dataDir: string): number {
  const pid = postmasterPid(dataDir);
  if (pid === undefined) throw new Error(`there is no server in ${dataDir}`);
  return pid;
}

/** Ends the embedded server that a killed service may have left behind, stopped or not. */
export async function endLeftOverServer(dataDir: string): Promise<void> {
  const pid = postmasterPid(dataDir);
  if (pid === undefined || !(await isServer(pid))) return;
  signalIfAlive(pid, 'SIGCONT');
  signalIfAlive(pid, 'SIGQUIT');
  await until('the left-over server to end', async () => !(await isServer(pid)));
}

/** Neither another program that has got its id, nor its zombie, which whoever inherits it may let be. */
export async function isServer(pid: number): Promise<boolean> {
  return (await commandLine(pid)).includes('postgres');
}
