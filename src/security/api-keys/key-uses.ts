import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { errorText } from '../../errors.js';
import { ApiKeyRepository } from './api-key.repository.js';

/** Uses are collected for this time, because a write for each request would cost more than many queries. */
const FLUSH_MS = 5000;
/** The limit for the last write. An unavailable database must not delay the shutdown. */
const LAST_FLUSH_MS = 1000;

/** Stores when keys were last used. A crash loses the uses of the last seconds. */
@Injectable()
export class KeyUses implements BeforeApplicationShutdown {
  private readonly logger = new Logger('ApiKeys');
  private uses = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly repository: ApiKeyRepository) {}

  /** Notes a use of the key at the current time. */
  note(keyId: string): void {
    this.uses.set(keyId, new Date());
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([this.flush(), wait(LAST_FLUSH_MS, undefined, { ref: false })]);
  }

  private async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { uses } = this;
    if (uses.size === 0) return;
    this.uses = new Map();
    try {
      await this.repository.noteUses(uses);
    } catch (error) {
      this.logger.warn(`the last uses of ${uses.size} API keys were not stored: ${errorText(error)}`);
    }
  }
}
