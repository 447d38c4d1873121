// Manages the folders in the journal's folder: the one of this process, and those that ended processes left.
//
// Every process has its own folder, so that no process reads a file that another one still writes. The owner listens on
// a socket in its folder. As long as others can connect, the owner lives, even if it is frozen. When the process has
// ended, however it ended, connections are refused. Unlike a process id, this also works across containers that share a
// volume.
import { once } from 'node:events';
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { makeFolder, syncFolder } from '../../../platform/durable-files.js';
import { errorCode } from '../../../platform/error-code.js';

const SEGMENT = /^[0-9a-f-]{36}\.journal$/;
/** The file name of a copy of a damaged segment ends with this. */
export const DAMAGED = '.damaged';
const UNFINISHED = '.new-';
const UNFINISHED_IS_DEAD_AFTER_MS = 60_000;
const SOCKET = 'owner';
/**
 * The file that is written to test whether the disk can be written, and then removed. It is as large as a typical push.
 */
const TRIAL = 'trial';
const TRIAL_BYTES = 65_536;

/** A folder whose owner has ended, with its segments, oldest first. */
export interface LeftFolder {
  readonly path: string;
  readonly segments: readonly string[];
}

/** A folder that this process owns until it ends. */
export class JournalFolder {
  private constructor(
    private readonly parent: string,
    private readonly name: string,
    private readonly server: Server,
  ) {}

  get path(): string {
    return join(this.parent, this.name);
  }

  /**
   * Creates the folder of this process.
   *
   * @throws Error of the file system when the folder cannot be created
   */
  static async create(parent: string): Promise<JournalFolder> {
    makeFolder(parent);
    const name = uuidv7();
    const unfinished = join(parent, UNFINISHED + name);
    await mkdir(unfinished, { mode: 0o700 });
    const server = createServer((connection) => connection.destroy());
    await atSocket(unfinished, async (path) => {
      server.listen(path);
      await once(server, 'listening');
    });
    server.unref();
    // From here on, other processes see the folder, with a living owner.
    await rename(unfinished, join(parent, name));
    await syncFolder(parent);
    return new JournalFolder(parent, name, server);
  }

  /** The segments in this folder, oldest first. */
  async segments(): Promise<string[]> {
    return segmentsIn(this.path);
  }

  /** Tests whether the folder can be written, by writing and syncing a file. */
  async isWritable(): Promise<boolean> {
    const path = join(this.path, TRIAL);
    try {
      await writeFile(path, Buffer.alloc(TRIAL_BYTES), { mode: 0o600, flush: true });
      return true;
    } catch {
      return false;
    } finally {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }

  /**
   * Moves the segments that an ended process left into this folder. Each segment is moved by one rename, so if two
   * processes do this at once, each segment goes to one of them.
   *
   * @returns the name of each segment, as soon as it is here
   */
  async *take(left: LeftFolder): AsyncGenerator<string> {
    for (const segment of left.segments) {
      try {
        await rename(join(left.path, segment), join(this.path, segment));
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
        continue;
      }
      yield segment;
    }
    // The segments must be durable in this folder before the other folder is removed.
    if (left.segments.length > 0) await syncFolder(this.path);
    if ((await segmentsIn(left.path)).length === 0) await rm(left.path, { recursive: true, force: true });
  }

  /** Gives up the folder. An empty one is removed. */
  async release(): Promise<void> {
    this.server.close();
    if ((await this.segments()).length === 0) await rm(this.path, { recursive: true, force: true });
  }
}

/** The folders of ended processes in a journal's folder, including empty ones. */
export async function foldersLeftIn(parent: string): Promise<LeftFolder[]> {
  const left: LeftFolder[] = [];
  for (const entry of await entriesOf(parent)) {
    const path = join(parent, entry.name);
    if (!entry.isDirectory() || !(await isDead(path, entry.name.startsWith(UNFINISHED)))) continue;
    left.push({ path, segments: await segmentsIn(path) });
  }
  return left;
}

/**
 * The files of a journal, of all processes: segments, and copies of damaged ones. Some may have been removed already.
 */
export async function journalFiles(parent: string): Promise<{ segments: string[]; damaged: string[] }> {
  const segments: string[] = [];
  const damaged: string[] = [];
  for (const entry of await entriesOf(parent)) {
    const path = join(parent, entry.name);
    if (!entry.isDirectory()) {
      if (entry.name.endsWith(DAMAGED)) damaged.push(path);
      continue;
    }
    for (const name of await segmentsIn(path)) segments.push(join(path, name));
  }
  return { segments, damaged };
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function segmentsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => SEGMENT.test(name)).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function isDead(folder: string, unfinished: boolean): Promise<boolean> {
  try {
    if (unfinished && Date.now() - (await stat(folder)).mtimeMs < UNFINISHED_IS_DEAD_AFTER_MS) return false;
    return await atSocket(folder, refuses);
  } catch (error) {
    // Another process has taken it over and removed it.
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function refuses(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return true;
    throw error;
  } finally {
    socket.destroy();
  }
}

/**
 * Calls `work` with the path of a folder's socket. A socket's path may have at most 107 bytes, but a folder's may be
 * longer. So on Linux, the path goes through the folder's file descriptor. On Windows, a named pipe is used instead.
 */
async function atSocket<T>(folder: string, work: (path: string) => Promise<T>): Promise<T> {
  if (process.platform === 'win32') {
    return work(`\\\\.\\pipe\\call-ledger-${folder.slice(-36)}`);
  }
  const handle = await open(folder, 'r');
  try {
    return await work(
      process.platform === 'linux' ? `/proc/self/fd/${handle.fd}/${SOCKET}` : join(folder, SOCKET),
    );
  } finally {
    await handle.close();
  }
}
