// Reads postmaster.pid, into which a running server writes its process id, its port and its state.
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../platform/error-code.js';
import { commandLine, processExists } from '../operating-system/process-info.js';

/** A running server. */
export interface ServerAddress {
  readonly pid: number;
  readonly port: number;
}

interface PostmasterFile extends ServerAddress {
  readonly content: string;
  /** `starting`, `ready`, `stopping`, `standby`; empty in the first moments. */
  readonly status: string;
}

/** A starting server writes the file's content within this time. */
const EMPTY_FILE_GRACE_MS = 5000;

/** Returns the server that runs on the cluster, or undefined. */
export async function findServer(clusterDirectory: string): Promise<ServerAddress | undefined> {
  const file = await readPostmasterFile(clusterDirectory);
  if (file === undefined || !(await isServerOf(file.pid, clusterDirectory))) return undefined;
  return { pid: file.pid, port: file.port };
}

/** Whether the process is a server of this cluster, and not another program with the same process id. */
export async function isServerOf(pid: number, clusterDirectory: string): Promise<boolean> {
  const line = await commandLine(pid);
  return line.includes('postgres') && line.includes(` -D ${clusterDirectory} `);
}

/** Whether the server with this process id has written that it takes connections. */
export async function saysReady(pid: number, clusterDirectory: string): Promise<boolean> {
  const file = await readPostmasterFile(clusterDirectory);
  return file?.pid === pid && file.status === 'ready';
}

/**
 * Removes a postmaster.pid that would prevent a start although no server runs. PostgreSQL treats any process of its
 * own user with that id as a server, and an empty or broken file as a server that is starting. The file is moved
 * away first and then read again, so that the file of a server that has started meanwhile is put back.
 * @returns whether a file was removed.
 */
export async function removeMisleadingFile(clusterDirectory: string): Promise<boolean> {
  const path = join(clusterDirectory, 'postmaster.pid');
  const content = await readIfThere(path);
  if (content === undefined || !(await isMisleading(content, path, clusterDirectory))) return false;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  const removed = (await readFile(aside, 'utf8')) === content;
  if (!removed) await link(aside, path);
  await rm(aside);
  return removed;
}

async function isMisleading(content: string, path: string, clusterDirectory: string): Promise<boolean> {
  const file = parse(content);
  if (file !== undefined) return processExists(file.pid) && !(await isServerOf(file.pid, clusterDirectory));
  return Date.now() - (await stat(path)).mtimeMs > EMPTY_FILE_GRACE_MS;
}

async function readPostmasterFile(clusterDirectory: string): Promise<PostmasterFile | undefined> {
  return parse((await readIfThere(join(clusterDirectory, 'postmaster.pid'))) ?? '');
}

/**
 * Reads the lines: pid (negative for a single-user server), folder, start time, port, socket folder, address,
 * shared memory, status.
 */
function parse(content: string): PostmasterFile | undefined {
  const lines = content.split('\n');
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  const port = Number.parseInt(lines[3] ?? '', 10);
  if (!(pid > 0) || Number.isNaN(port)) return undefined;
  return { content, pid, port, status: (lines[7] ?? '').trim() };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
