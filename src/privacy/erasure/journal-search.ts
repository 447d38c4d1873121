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

/** Searches a number in the journals of all processes that use the same folder. */
@Injectable()
export class JournalSearch {
  constructor(
    private readonly settings: Settings,
    private readonly eraser: BodyEraser,
  ) {}

  /**
   * Whether entries that were received before the request hold the number. They leave the journal when it is drained.
   * The search runs twice, because it can miss a segment that another process moves to another folder meanwhile.
   */
  async isWaiting(job: ErasureJob): Promise<boolean> {
    return (await this.holds(job)) || (await this.holds(job));
  }

  /**
   * Rewrites the copies of damaged segments that hold the number. They are kept for a person to look at. Nothing else
   * reads them.
   *
   * @returns the number of rewritten files
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

  /**
   * Damaged and incomplete entries have no time. They count as received before the request until the drainer has read
   * them.
   */
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

/** Undefined if the file was drained, or taken over by another process, since it was listed. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
