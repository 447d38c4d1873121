// The reading of a large body in, the same out, unless reading it has ended processes.
import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { UnreadableBodyError } from '../reading/body-reader.js';
import { Journal } from './journal.js';
import { endedReadings, forgetEnded, noteReading, removeNote } from './reading-notes.js';

const MOST_ENDED = 2;

/** Counts on the disk, before a large body is read, so that one that ends the service does so twice at most. */
@Injectable()
export class PoisonGuard {
  /** How often each body is being read now, by its hash. */
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly settings: Settings,
    private readonly journal: Journal,
  ) {}

  /** @throws UnreadableBodyError when two processes have ended while they read this body; whatever `work` throws */
  async read<T>(sha256: Buffer, work: () => Promise<T>): Promise<T> {
    const { journalDir } = this.settings;
    // Without a journal there is no place to count in.
    const folder = await this.journal.ownPath().catch(() => undefined);
    if (journalDir === undefined || folder === undefined) return work();
    const hash = sha256.toString('hex');
    const ended = await endedReadings(journalDir, hash);
    if (ended >= MOST_ENDED)
      throw new UnreadableBodyError(
        `The service ended ${ended} times while it read the body; it is kept unread`,
        '',
      );
    const result = await this.noted(folder, hash, work);
    // What was read stays read, whatever the disk does.
    if (ended > 0) await forgetEnded(journalDir, hash).catch(() => undefined);
    return result;
  }

  private async noted<T>(folder: string, hash: string, work: () => Promise<T>): Promise<T> {
    this.underWay.set(hash, (this.underWay.get(hash) ?? 0) + 1);
    try {
      // A full disk must not keep a body from being read.
      await noteReading(folder, hash).catch(() => undefined);
      return await work();
    } finally {
      const others = (this.underWay.get(hash) ?? 1) - 1;
      if (others > 0) this.underWay.set(hash, others);
      else {
        this.underWay.delete(hash);
        await removeNote(folder, hash).catch(() => undefined);
      }
    }
  }
}
