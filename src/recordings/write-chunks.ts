import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { StoredFile } from './recording-store.js';

/** Writes chunks to a new file, down to the disk. */
export async function writeChunks(file: FileHandle, chunks: AsyncIterable<Buffer>): Promise<StoredFile> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    await file.writeFile(chunk);
    sha256.update(chunk);
    bytes += chunk.length;
  }
  await file.sync();
  return { bytes, sha256: sha256.digest() };
}
