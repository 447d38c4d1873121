import type { Readable } from 'node:stream';

/** What was written into a store. */
export interface StoredFile {
  readonly bytes: number;
  readonly sha256: Buffer;
}

/** A part of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Keeps the files of recordings. A file is complete or absent, never half. */
export interface RecordingStore {
  /**
   * Writes a file, in place of an earlier one of that key.
   *
   * @param chunks the content; if it fails, there is no file
   */
  put(key: string, chunks: AsyncIterable<Buffer>): Promise<StoredFile>;
  /** @returns undefined when there is no such file */
  open(key: string, range?: ByteRange): Promise<Readable | undefined>;
  /** It is no error when there is no such file. */
  remove(key: string): Promise<void>;
}
