import { Logger } from '@nestjs/common';
import { constants, type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { copyDurably, syncFolder } from '../../../platform/durable-files.js';
import type { Delivery } from '../delivery.js';
import { scanEntry } from './journal-entry.js';
import { DAMAGED } from './journal-folder.js';

/**
 * A segment is deleted as a whole. After a crash, at most one segment is drained a second time, which changes nothing.
 * The drainer has at most one segment in memory.
 */
const SEGMENT_BYTES = 8 * 1024 * 1024;

/**
 * How many bytes are read before other work gets its turn. A segment of small entries has ten thousand of them, which
 * take 50 ms.
 */
const BYTES_IN_TURN = 1024 * 1024;

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
/**
 * With O_DSYNC (Linux), a write is as durable as after `fdatasync`, but needs no second turn of the event loop. Under
 * overload, each turn takes about 10 ms, and every push waits for it.
 */
const O_DSYNC = 'O_DSYNC' in constants ? constants.O_DSYNC : undefined;
const OPENING = O_APPEND | O_CREAT | O_EXCL | O_WRONLY | (O_DSYNC ?? 0);

const logger = new Logger('Journal');

/** A file of the journal. A process writes only its newest one. */
export class Segment {
  /** How many bytes are durable. */
  bytes = 0;
  /** How many bytes from the beginning are drained, or are not entries. */
  drained = 0;
  private file: FileHandle | undefined;

  private constructor(
    private readonly folder: string,
    readonly name: string,
  ) {}

  /**
   * Creates a new segment for writing.
   *
   * @throws Error of the file system
   */
  static async begin(folder: string): Promise<Segment> {
    const segment = new Segment(folder, `${uuidv7()}.journal`);
    segment.file = await open(segment.path, OPENING, 0o600);
    await syncFolder(folder);
    return segment;
  }

  /** Opens a segment that another process has written and that is in the folder now. */
  static async found(folder: string, name: string): Promise<Segment> {
    const segment = new Segment(folder, name);
    segment.bytes = (await stat(segment.path)).size;
    return segment;
  }

  get isDrained(): boolean {
    return this.drained >= this.bytes;
  }

  get isOpen(): boolean {
    return this.file !== undefined;
  }

  get isFull(): boolean {
    return this.bytes >= SEGMENT_BYTES;
  }

  private get path(): string {
    return join(this.folder, this.name);
  }

  /**
   * Appends entries and makes them durable.
   *
   * @param bytes the total size of all pieces
   * @throws Error of the file system; the segment may be closed then
   */
  async append(pieces: readonly Buffer[], bytes: number): Promise<void> {
    if (this.file === undefined) throw new Error('the segment is closed');
    try {
      const { bytesWritten } = await this.file.writev(pieces);
      if (bytesWritten < bytes) throw new Error('only a part was written');
      if (O_DSYNC === undefined) await this.file.datasync();
      this.bytes += bytes;
    } catch (error) {
      await this.cutBack(this.file);
      throw error;
    }
  }

  /**
   * Reads the entries that are not drained. If the segment is damaged, a copy of it is kept.
   *
   * @returns the deliveries, and the byte after the last entry
   */
  async read(): Promise<{ deliveries: Delivery[]; end: number }> {
    // Reads only the bytes that are durable now. Another write may be running and may end before the file has been
    // read.
    const durable = this.bytes;
    const bytes = (await readFile(this.path)).subarray(0, durable);
    const deliveries: Delivery[] = [];
    let position = this.drained;
    let restedAt = position;
    while (position < bytes.length) {
      if (position - restedAt > BYTES_IN_TURN) {
        await nextTurn();
        restedAt = position;
      }
      const scanned = scanEntry(bytes, position);
      if (scanned.kind === 'entry') deliveries.push(scanned.delivery);
      if (scanned.kind === 'damaged') await this.keepDamaged(position);
      if (scanned.kind === 'torn')
        logger.warn('The last entry of a segment is incomplete. Its push was not acknowledged');
      position = scanned.kind === 'torn' ? bytes.length : scanned.end;
    }
    return { deliveries, end: position };
  }

  /** Closes the file for writing. */
  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  /** Deletes the file. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }

  /** After a failed write, removes the incomplete entry, because it must not be followed by whole ones. */
  private async cutBack(file: FileHandle): Promise<void> {
    try {
      await file.truncate(this.bytes);
    } catch {
      // The incomplete entry stays at the end of this segment, where the reader expects it. The next entries go to a
      // new segment.
      await this.close().catch(() => undefined);
    }
  }

  /** Keeps a copy of the segment for a person to look at. The copy is durable before the segment may be removed. */
  private async keepDamaged(position: number): Promise<void> {
    const copy = `${this.name}${DAMAGED}`;
    await copyDurably(this.path, join(dirname(this.folder), copy));
    logger.error(`A segment is damaged at byte ${position}. A copy of it is kept as ${copy}`);
  }
}
