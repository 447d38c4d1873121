import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { UnreadableBodyError } from '../reading/body-reader.js';
import { Journal } from './journal.js';
import { endedReadings, forgetEnded, noteReading, removeNote } from './reading-notes.js';

const MOST_ENDED = 2;

/** Refuses a large body after reading it has ended two processes. Before a body is read, a note on the disk says so. */
@Injectable()
export class PoisonGuard {
  /** How many times each body is being read now, by its hash. */
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly settings: Settings,
    private readonly journal: Journal,
  ) {}

  /**
   * Runs `work`, which reads a body.
   *
   * @throws UnreadableBodyError when two processes have ended while they read this body; also the errors of `work`
   */
  async read<T>(sha256: Buffer, work: () => Promise<T>): Promise<T> {
    const { journalDir } = this.settings;
    // Without a journal, there is no folder for the notes.
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
    // An error of the disk does not matter now, because the body has been read.
    if (ended > 0) await forgetEnded(journalDir, hash).catch(() => undefined);
    return result;
  }

  private async noted<T>(folder: string, hash: string, work: () => Promise<T>): Promise<T> {
    this.underWay.set(hash, (this.underWay.get(hash) ?? 0) + 1);
    try {
      // A full disk must not prevent reading.
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
