// What is done for privacy in, told to whoever has to account for it out. Never with a number.
import { Injectable, Logger } from '@nestjs/common';
import type { ErasedCounts } from './erasure/erasure-job.js';
import type { Retained } from './retention/retention.js';

/** By whom something was asked for. */
export interface Request {
  readonly remoteAddress: string | null;
  readonly requestId: string | null;
}

@Injectable()
export class PrivacyEvents {
  private readonly logger = new Logger('Privacy');

  erasureAsked(erasureId: string, request: Request): void {
    this.logger.log({ outcome: 'erasure asked for', erasureId, ...request });
  }

  erasureDone(erasureId: string, counts: ErasedCounts): void {
    this.logger.log({ outcome: 'erasure done', erasureId, ...counts });
  }

  retentionDone(counts: Retained): void {
    this.logger.log({ outcome: 'retention done', ...counts });
  }
}
