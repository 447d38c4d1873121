// A folder in, an end to every PostgreSQL server whose data is in it out.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { commandLine } from '../../dist/embedded-postgres/operating-system/process-info.js';
import { filesIn, unlessGone } from './files.mjs';
import { signalIfAlive } from './signals.mjs';

const POLL_MS = 50;

/** The data directories in a folder, however deep, in which a server has noted its process. */
export function serversIn(folder) {
  return filesIn(folder)
    .filter((path) => basename(path) === 'postmaster.pid')
    .map(dirname);
}

/** The process of the server of a data directory; undefined when none is noted, or the note is just being written. */
export function notedPid(data) {
  const pid = Number.parseInt(
    unlessGone(() => readFileSync(join(data, 'postmaster.pid'), 'utf8')),
    10,
  );
  return pid > 1 ? pid : undefined;
}

/** Neither another program that has got its id, nor its zombie, which whoever inherits it may let be. */
export async function isServer(pid) {
  return (await commandLine(pid)).includes('postgres');
}

/** Ends every PostgreSQL server whose data is in a folder, stopped ones too. @returns their data directories */
export async function endServersIn(folder) {
  const ended = [];
  for (const data of serversIn(folder)) {
    const pid = notedPid(data);
    if (pid === undefined || !(await isServer(pid))) continue;
    for (const name of ['SIGCONT', 'SIGQUIT']) signalIfAlive(pid, name);
    while (await isServer(pid)) await wait(POLL_MS);
    ended.push(data);
  }
  return ended;
}
