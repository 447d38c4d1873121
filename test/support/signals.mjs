// Signals to other processes, by ids that were read from files or from the system.

import { readFileSync } from 'node:fs';

/** There is no such process, or its id has gone to another user's. */
const NONE_OF_OURS = ['ESRCH', 'EPERM'];

/**
 * Sends a signal to one process.
 *
 * @throws Error when the id is none: to the system 0 is the whole group of this process, the shell that runs the tests
 *   included, and a negative id another group. ESRCH when there is no such process.
 */
export function signal(pid, name) {
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new Error(`${pid} is no process to send ${name} to`);
  process.kill(pid, name);
}

/** Also of a zombie, which has ended and is still listed. */
export function isAlive(pid) {
  return signalIfAlive(pid, 0);
}

/** Sends a signal to a process that may have ended meanwhile. @returns whether it has not */
export function signalIfAlive(pid, name) {
  try {
    signal(pid, name);
    return true;
  } catch (error) {
    if (!NONE_OF_OURS.includes(error.code)) throw error;
    return false;
  }
}

/** The ids of a process's children; a zombie has none. On Linux only: elsewhere there is no such list to be read. */
export function childrenOf(pid) {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return (list.match(/\d+/g) ?? []).map(Number);
  } catch (error) {
    // A kernel may be without these lists.
    if (process.platform === 'linux' && isAlive(pid)) throw error;
    return [];
  }
}

/** The ids of a process's children, their children, and so on, as {@link childrenOf} gives them. */
export function descendantsOf(pid) {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}
