import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { errorCode } from '../../platform/error-code.js';
import type { ByteRange, RecordingStore, StoredFile } from './recording-store.js';

/** Proves that several processes share the folder: it holds the id of the ledger. */
const MARKER = 'ledger-id';
/** The middle of the name of a file that is being written. */
const PART = '.part-';
/** A part that was not written for so long was left by a process that has died. */
const LONGEST_PART_MS = 3_600_000;

/** The folder belongs to another ledger. */
export class ForeignFolderError extends Error {}

/** Keeps files in a folder. */
export class FolderStore implements RecordingStore {
  constructor(private readonly folder: string) {}

  /**
   * Prepares the folder, and removes what processes that died have left half written.
   *
   * @param ledgerId the same for all processes of a ledger
   * @throws ForeignFolderError when the folder belongs to another ledger
   */
  async prepare(ledgerId: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const marker = join(this.folder, MARKER);
    await writeOnce(marker, ledgerId);
    const found = (await readFile(marker, 'utf8')).trim();
    if (found !== ledgerId)
      throw new ForeignFolderError(
        `${this.folder} holds the recordings of another ledger: all processes of a ledger must share one folder, and no other ledger may use it`,
      );
    await this.removeParts();
  }

  async put(key: string, chunks: AsyncIterable<Buffer>): Promise<StoredFile> {
    const path = this.pathOf(key);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const part = `${path}${PART}${randomUUID()}`;
    try {
      const written = await writeNew(part, chunks);
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

  async remove(key: string): Promise<void> {
    await unlink(this.pathOf(key)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  private pathOf(key: string): string {
    return join(this.folder, key);
  }

  private async removeParts(): Promise<void> {
    const entries = await readdir(this.folder, { recursive: true });
    for (const entry of entries.filter((name) => name.includes(PART))) {
      const path = join(this.folder, entry);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (Date.now() - mtimeMs > LONGEST_PART_MS) await rm(path, { force: true });
    }
  }
}

/** Writes a file unless it is there. Of several processes, one does. */
async function writeOnce(path: string, text: string): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeNew(path: string, chunks: AsyncIterable<Buffer>): Promise<StoredFile> {
  const file = await open(path, 'wx', 0o600);
  const sha256 = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      await file.write(chunk);
      sha256.update(chunk);
      bytes += chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: sha256.digest() };
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
