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

/** The name of the file by which a store is recognised. */
export const MARKER = 'ledger-id';

/** The store belongs to another ledger, or is not the one of this ledger's other processes. */
export class ForeignStoreError extends Error {}

/** Keeps the files of recordings. A file is complete or absent, never half. */
export interface RecordingStore {
  /** Names the store in messages. */
  readonly name: string;
  /** Writes the marker if the store has none. @returns the marker of the store */
  identify(marker: string): Promise<string>;
  /** Removes what processes that died have left half written. */
  sweep(): Promise<void>;
  /**
   * Writes a file, in place of an earlier one of that key.
   *
   * @param chunks the content; if it fails, there is no file
   * @param signal ends the writing; after that there is no file
   */
  put(key: string, chunks: AsyncIterable<Buffer>, signal: AbortSignal): Promise<StoredFile>;
  /** @returns undefined when there is no such file */
  open(key: string, range?: ByteRange): Promise<Readable | undefined>;
  /** It is no error when there is no such file. */
  remove(key: string): Promise<void>;
  /** Ends the connections of the store. */
  close(): void;
}
