import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { join } from 'node:path';
import { Settings } from '../../config/settings.js';
import { replaceFile } from '../../../platform/durable-files.js';
import { errorText } from '../../errors.js';
import { InSpan } from '../../tracing/spans.js';
import { within } from '../../within.js';
import type { Delivery } from '../delivery.js';
import { JournalCounts } from './journal-counts.js';
import { encodeEntry } from './journal-entry.js';
import { DAMAGED, foldersLeftIn, JournalFolder } from './journal-folder.js';
import { keepNotes } from './reading-notes.js';
import { Segment } from './segment.js';

/**
 * The journal cannot keep a delivery: it is off or full, or its disk is full or cannot be written. The delivery was not
 * kept.
 */
export class JournalUnavailableError extends Error {}

/** Entries that were read from one segment. */
export interface JournalBatch {
  readonly segment: string;
  readonly deliveries: readonly Delivery[];
  /** The byte after the last entry. */
  readonly end: number;
  /** When they were read, in epoch milliseconds. */
  readonly readAt: number;
}

/**
 * How long a start waits until the entries of ended processes are counted: 1 GB takes 1 to 2 s. Refusing pushes for
 * longer would be worse than metrics that grow for a few seconds.
 */
const COUNTING_MS = 1000;

interface Append {
  readonly receivedAt: number;
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * An append-only log on the local disk. It keeps deliveries that the database did not take in time, until they are
 * drained. It consists of segments in this process's own folder. Appends that wait at the same time are written and
 * synced together.
 *
 * Only the newest segment is written. After a failed write, it is cut back to its last whole entry. If that fails too,
 * a new segment is begun. So an incomplete entry can only be at the end of a segment.
 */
@Injectable()
export class Journal implements OnModuleInit {
  readonly undrained = new JournalCounts();
  private readonly logger = new Logger('Journal');
  private folder: JournalFolder | undefined;
  private making: Promise<JournalFolder> | undefined;
  private segments: Segment[] = [];
  /** The segment that is written. */
  private newest: Segment | undefined;
  private waiting: Append[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private adopting: Promise<void> | undefined;

  /** Why the last append failed; undefined when it did not. */
  private failure: string | undefined;

  /**
   * The size in bytes at which the journal counts as full: its size when the last push found no room, or its maximum.
   */
  private fullAt: number;

  constructor(private readonly settings: Settings) {
    this.fullAt = settings.journalMaxBytes;
  }

  get isOff(): boolean {
    return this.settings.journalDir === undefined;
  }

  /** Why the journal cannot keep a delivery now, as far as is known without trying; undefined when it can. */
  get problem(): string | undefined {
    if (this.isOff) return 'the journal is off';
    return this.bytes >= this.fullAt ? 'the journal is full' : this.failure;
  }

  /** The bytes of the segments that are not completely drained, and of the appends that wait. */
  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0) + this.waitingBytes;
  }

  get isEmpty(): boolean {
    return this.waitingBytes === 0 && this.segments.every(({ isDrained }) => isDrained);
  }

  /** Takes over what ended processes left, before the service listens. So the metrics include it from the beginning. */
  async onModuleInit(): Promise<void> {
    if (this.isOff) return;
    // If this fails, the drainer tries again at once and reports why. Meanwhile, pushes are accepted.
    await within(COUNTING_MS, this.adopt()).catch(() => undefined);
  }

  /**
   * Keeps a delivery. When this resolves, the delivery is durable on the disk.
   *
   * @throws JournalUnavailableError when the journal cannot keep it
   */
  @InSpan('keep in journal')
  async append(delivery: Delivery): Promise<void> {
    if (this.isOff) throw new JournalUnavailableError('the journal is off');
    const pieces = encodeEntry(delivery);
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.bytes + bytes > this.settings.journalMaxBytes) {
      this.fullAt = this.bytes;
      throw new JournalUnavailableError('the journal is full');
    }
    this.fullAt = this.settings.journalMaxBytes;
    await new Promise<void>((done, failed) => {
      this.waiting.push({ receivedAt: delivery.receivedAt, pieces, bytes, done, failed });
      this.waitingBytes += bytes;
      this.writing ??= this.writeWaiting();
    });
  }

  /**
   * The path of this process's own folder, which is created if needed.
   *
   * @throws Error when the folder cannot be created
   */
  async ownPath(): Promise<string> {
    return (await this.ownFolder()).path;
  }

  /** Takes over the segments that ended processes left, including earlier runs of this service. */
  async adopt(): Promise<void> {
    this.adopting ??= this.takeOver().finally(() => {
      this.adopting = undefined;
    });
    await this.adopting;
  }

  /** After a failure, tests whether the journal can be written again, so that this is known before the next push. */
  async tryAgain(): Promise<void> {
    if (this.failure === undefined || this.writing !== undefined) return;
    const folder = await this.ownFolder();
    if (!(await folder.isWritable())) return;
    this.failure = undefined;
    this.logger.log('The journal can be written again');
  }

  /** The oldest entries that are not drained, from one segment; undefined when there are none. */
  async oldest(): Promise<JournalBatch | undefined> {
    for (const segment of [...this.segments]) {
      if (segment.isDrained) {
        await this.removeDrained(segment);
        continue;
      }
      const batch = await this.read(segment);
      if (batch.deliveries.length > 0) return batch;
      segment.drained = batch.end;
    }
    return undefined;
  }

  /** Removes the entries of a batch, which are in the database now. */
  async remove(batch: JournalBatch): Promise<void> {
    const segment = this.segments.find(({ name }) => name === batch.segment);
    if (segment === undefined) return;
    segment.drained = batch.end;
    this.undrained.drain(segment.name, batch.deliveries.length, batch.readAt);
    await this.removeDrained(segment);
  }

  /**
   * Keeps an entry that cannot be written anywhere in a file beside the copies of damaged segments, for a person to
   * look at.
   *
   * @returns the name of the file
   * @throws Error of the file system
   */
  async setAside(delivery: Delivery): Promise<string> {
    if (this.settings.journalDir === undefined) throw new JournalUnavailableError('the journal is off');
    const name = `${delivery.id}.journal${DAMAGED}`;
    await replaceFile(join(this.settings.journalDir, name), Buffer.concat(encodeEntry(delivery)));
    return name;
  }

  /** Waits for the running appends and gives up the folder. */
  async close(): Promise<void> {
    await this.writing;
    await this.newest?.close();
    this.newest = undefined;
    for (const segment of [...this.segments]) await this.removeDrained(segment);
    await this.folder?.release();
    this.folder = undefined;
  }

  private async takeOver(): Promise<void> {
    const { journalDir } = this.settings;
    if (journalDir === undefined) return;
    const left = await foldersLeftIn(journalDir);
    for (const { path } of left) await keepNotes(path, journalDir);
    // Counted first: entries that cannot be taken over, for example because the disk is full, wait too.
    await this.undrained.find(left);
    const folder = await this.ownFolder();
    for (const each of left) {
      // Adds only the segments that were taken over. The folder may also hold a segment that an append is just
      // beginning.
      for await (const name of folder.take(each)) {
        const segment = await Segment.found(folder.path, name);
        this.segments.push(segment);
        this.undrained.take(name);
        this.logger.warn(`Took over ${segment.bytes} bytes of journal from a process that has ended`);
      }
    }
    // Other processes have taken the rest.
    this.undrained.forgetFound();
    this.segments.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async ownFolder(): Promise<JournalFolder> {
    if (this.folder !== undefined) return this.folder;
    if (this.settings.journalDir === undefined) throw new JournalUnavailableError('the journal is off');
    this.making ??= JournalFolder.create(this.settings.journalDir);
    try {
      this.folder = await this.making;
      this.failure = undefined;
    } catch (error) {
      this.failure = `the journal cannot be created: ${errorText(error)}`;
      throw error;
    } finally {
      this.making = undefined;
    }
    return this.folder;
  }

  private async writeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const appends = this.waiting;
      this.waiting = [];
      let failure: Error | undefined;
      try {
        await this.write(appends);
      } catch (error) {
        failure = new JournalUnavailableError('the journal cannot be written', { cause: error });
        this.logger.error(`The journal cannot be written: ${errorText(error)}`);
      }
      this.failure = failure?.message;
      for (const append of appends) {
        this.waitingBytes -= append.bytes;
        if (failure === undefined) append.done();
        else append.failed(failure);
      }
    }
    this.writing = undefined;
  }

  private async write(appends: readonly Append[]): Promise<void> {
    const segment = await this.writable();
    const bytes = appends.reduce((sum, append) => sum + append.bytes, 0);
    await segment.append(
      appends.flatMap((append) => append.pieces),
      bytes,
    );
    const since = Math.min(...appends.map(({ receivedAt }) => receivedAt));
    this.undrained.append(segment.name, { entries: appends.length, since });
  }

  private async writable(): Promise<Segment> {
    if (this.newest?.isFull) await this.newest.close();
    if (this.newest?.isOpen) return this.newest;
    const folder = await this.ownFolder();
    this.newest = await Segment.begin(folder.path);
    this.segments.push(this.newest);
    return this.newest;
  }

  private async read(segment: Segment): Promise<JournalBatch> {
    const readAt = Date.now();
    const { deliveries, end } = await segment.read();
    return { segment: segment.name, deliveries, end, readAt };
  }

  private async removeDrained(segment: Segment): Promise<void> {
    if (!segment.isDrained || this.folder === undefined) return;
    if (this.newest === segment) {
      // Appends are running. The newest segment is only removed when there are none.
      if (this.writing !== undefined) return;
      this.newest = undefined;
    }
    this.segments = this.segments.filter((other) => other !== segment);
    this.undrained.remove(segment.name);
    await segment.remove();
  }
}
