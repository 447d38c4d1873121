import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { errorCode } from '../../platform/error-code.js';
import { type ByteRange, MARKER, type RecordingStore, type StoredFile } from './recording-store.js';
import { writeChunks } from './write-chunks.js';

/** The folder of files that are being written. */
const PARTS = 'parts';
/** A part that was not written for so long was left by a process that has died. */
const LONGEST_PART_MS = 3_600_000;

/** Keeps files in a folder. */
export class FolderStore implements RecordingStore {
  constructor(private readonly folder: string) {}

  get name(): string {
    return `the folder ${this.folder}`;
  }

  async identify(marker: string): Promise<string> {
    await makeFolder(join(this.folder, PARTS));
    const path = join(this.folder, MARKER);
    await this.writeOnce(path, marker);
    return (await readFile(path, 'utf8')).trim();
  }

  async sweep(): Promise<void> {
    for (const name of await this.parts()) {
      const path = join(this.folder, PARTS, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (Date.now() - mtimeMs > LONGEST_PART_MS) await rm(path, { force: true });
    }
  }

  async put(key: string, chunks: AsyncIterable<Buffer>, signal: AbortSignal): Promise<StoredFile> {
    const path = this.pathOf(key);
    const folder = dirname(path);
    await makeFolder(folder);
    const part = this.partOf(key);
    try {
      const written = await writeNew(part, (file) => writeChunks(file, chunks));
      signal.throwIfAborted();
      await rename(part, path);
      await sync(folder);
      return written;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable | undefined> {
    const path = this.pathOf(key);
    try {
      const file = await open(path);
      return createReadStream(path, { fd: file, ...range });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Also removes what a process that died has left half written of this file. */
  async remove(key: string): Promise<void> {
    const path = this.pathOf(key);
    await rm(path, { force: true });
    for (const name of await this.parts())
      if (name.startsWith(partPrefix(key))) await rm(join(this.folder, PARTS, name), { force: true });
    // The folder stays while it has files of other contents of the call.
    await rmdir(dirname(path)).catch(() => undefined);
  }

  close(): void {
    // Nothing stays open between two calls.
  }

  private parts(): Promise<string[]> {
    return readdir(join(this.folder, PARTS));
  }

  private partOf(key: string): string {
    return join(this.folder, PARTS, partPrefix(key) + randomUUID());
  }

  private pathOf(key: string): string {
    return join(this.folder, key);
  }

  /**
   * Writes a file unless it is there. Of several processes, one does. A process that dies meanwhile leaves no half
   * file.
   */
  private async writeOnce(path: string, text: string): Promise<void> {
    const part = this.partOf(MARKER);
    try {
      await writeNew(part, async (file) => {
        await file.writeFile(`${text}\n`);
        await file.sync();
      });
      await link(part, path).catch((error: unknown) => {
        // Some network file systems have no hard links.
        if (errorCode(error) === 'EEXIST') throw error;
        return copyFile(part, path, constants.COPYFILE_EXCL);
      });
      await sync(this.folder);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    } finally {
      await rm(part, { force: true });
    }
  }
}

async function writeNew<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'wx', 0o600);
  try {
    return await write(file);
  } finally {
    await file.close();
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

function partPrefix(key: string): string {
  return `${key.replaceAll('/', '-')}.`;
}

/** Makes a new name in a folder survive a loss of power. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
