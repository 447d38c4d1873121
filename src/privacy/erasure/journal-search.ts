// Says which files of the journal hold a number. The journals of all processes on the same folder.
import { Injectable } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { Settings } from '../../config/settings.js';
import { replaceFile } from '../../../platform/durable-files.js';
import { errorCode } from '../../../platform/error-code.js';
import { scanEntry } from '../../ingestion/journal/journal-entry.js';
import { journalFiles } from '../../ingestion/journal/journal-folder.js';
import type { NumberSearch } from '../../numbers/number-search.js';
import { BodyEraser } from './body-eraser.js';
import type { ErasureJob } from './erasure-job.js';

@Injectable()
export class JournalSearch {
  constructor(
    private readonly settings: Settings,
    private readonly eraser: BodyEraser,
  ) {}

  /**
   * Whether entries of before the request hold the number. They leave by being drained. Looked at twice: between two
   * folders, a segment that another process takes over could be missed once.
   */
  async isWaiting(job: ErasureJob): Promise<boolean> {
    return (await this.holds(job)) || (await this.holds(job));
  }

  /**
   * Rewrites the copies of damaged segments that hold the number. They are there for a person to look at; nothing else reads
   * them.
   *
   * @returns how many
   */
  async rewriteDamaged({ search }: ErasureJob): Promise<number> {
    const { journalDir } = this.settings;
    if (journalDir === undefined) return 0;
    let rewritten = 0;
    for (const path of (await journalFiles(journalDir)).damaged) {
      const bytes = await contentOf(path);
      const erased = bytes === undefined ? undefined : await this.eraser.erased(bytes, search);
      if (erased === undefined) continue;
      await replaceFile(path, erased);
      rewritten += 1;
    }
    return rewritten;
  }

  private async holds({ search, requestedAt }: ErasureJob): Promise<boolean> {
    const { journalDir } = this.settings;
    if (journalDir === undefined) return false;
    for (const path of (await journalFiles(journalDir)).segments) {
      const bytes = await contentOf(path);
      if (bytes !== undefined && (await this.segmentHolds(bytes, search, requestedAt))) return true;
    }
    return false;
  }

  /** What is damaged or torn has no time: it is taken to be of before, until the drainer has looked at it. */
  private async segmentHolds(bytes: Buffer, search: NumberSearch, requestedAt: number): Promise<boolean> {
    for (let position = 0; position < bytes.length;) {
      const scanned = scanEntry(bytes, position);
      const end = scanned.kind === 'torn' ? bytes.length : scanned.end;
      const delivery = scanned.kind === 'entry' ? scanned.delivery : undefined;
      const isOfBefore = delivery === undefined || delivery.receivedAt <= requestedAt;
      const part = delivery?.body ?? bytes.subarray(position, end);
      if (isOfBefore && (await this.eraser.erased(part, search)) !== undefined) return true;
      if (isOfBefore && search.isInJson(JSON.stringify(delivery?.refusal ?? null))) return true;
      position = end;
    }
    return false;
  }
}

/** Undefined when it has been drained, or taken over, since it was listed. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
