// Processes that tests have started, and those that these have started, and signals to them.
import { readFileSync } from 'node:fs';
import { isServer, notedPid } from './left-over-servers.mjs';
import { until } from './service.js';
import { childrenOf, isAlive, signalIfAlive } from './signals.mjs';

export { isServer } from './left-over-servers.mjs';
export { isAlive, signal, signalIfAlive } from './signals.mjs';

/** A process and its children; a zombie has none. On Linux only: elsewhere there is no such list to be read. */
export function withChildren(pid: number): number[] {
  return [pid, ...childrenOf(pid)].filter(isAlive);
}

/** The embedded server of a data directory; undefined when none is noted, or the note is just being written. */
export function postmasterPid(dataDir: string): number | undefined {
  return notedPid(`${dataDir}/postgres`);
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

/** Megabytes: the most that a process has held at any time; infinite when it has ended. Elsewhere than on Linux it can't be read: 0. */
export function peakMemoryMb({ pid }: { readonly pid?: number | undefined }): number {
  if (process.platform !== 'linux') return 0;
  if (pid === undefined || !isAlive(pid)) return Infinity;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) / 1024);
}
