// A folder in, an end to every PostgreSQL server whose data is in it out.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { commandLine } from '../../dist/persistence/embedded/process-info.js';

const POLL_MS = 50;

/** @returns the entries of a directory; none of one that has just been removed */
function entriesOf(directory) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** The data directories in a folder, however deep, in which a server has noted its process. */
export function* serversIn(directory) {
  const entries = entriesOf(directory);
  if (entries.some(({ name }) => name === 'postmaster.pid')) yield directory;
  else for (const entry of entries) if (entry.isDirectory()) yield* serversIn(join(directory, entry.name));
}

function processOf(data) {
  try {
    return Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
  } catch (error) {
    if (error.code === 'ENOENT') return NaN;
    throw error;
  }
}

/** Neither another program that has got its id, nor its zombie. */
const isServer = async (pid) => pid > 1 && (await commandLine(pid)).includes('postgres');

/** Ends every PostgreSQL server whose data is in a folder, stopped ones too. @returns their data directories */
export async function endServersIn(folder) {
  const ended = [];
  for (const data of serversIn(folder)) {
    const pid = processOf(data);
    if (!(await isServer(pid))) continue;
    for (const signal of ['SIGCONT', 'SIGQUIT']) if (await isServer(pid)) process.kill(pid, signal);
    while (await isServer(pid)) await wait(POLL_MS);
    ended.push(data);
  }
  return ended;
}
