// What this process and the database know in, how the service does out: soon, and while the database is away, too.
import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Settings } from '../config/settings.js';
import { Journal } from '../ingestion/journal/journal.js';
import { PushMetrics } from '../ingestion/push/push.metrics.js';
import { QuarantineRepository } from '../quarantine/quarantine.repository.js';
import type { JournalLevel, StatusDto } from './status.dto.js';
import { StatusRepository } from './status.repository.js';

/** The vendor's own. */
const LIMIT_MS = 700;
/** What the database has not answered by then counts as not answered. */
const PATIENCE_MS = 2000;

interface Stored {
  readonly newestPushAt: number | undefined;
  readonly open: number;
}

@Injectable()
export class StatusService {
  private readonly startedAt = new Date(Date.now() - performance.now()).toISOString();

  constructor(
    private readonly settings: Settings,
    private readonly pushes: PushMetrics,
    private readonly journal: Journal,
    private readonly stored: StatusRepository,
    private readonly quarantine: QuarantineRepository,
  ) {}

  async now(): Promise<StatusDto> {
    const [stored, buckets] = await Promise.all([this.askDatabase(), this.pushes.acknowledgements()]);
    return {
      startedAt: this.startedAt,
      databaseAnswers: stored !== undefined,
      lastPushAt: latest(stored?.newestPushAt, this.pushes.lastAcknowledgedAt),
      openQuarantineEntries: stored?.open ?? null,
      journal: this.journal.isOff ? null : this.journalLevel(),
      acknowledgements: {
        limitMs: LIMIT_MS,
        buckets: buckets.map(({ upTo, count }) => ({
          upToMs: upTo === Infinity ? null : upTo * 1000,
          count,
        })),
      },
    };
  }

  private journalLevel(): JournalLevel {
    const { undrained, bytes, problem } = this.journal;
    const { entries, since } = undrained;
    return {
      entries,
      bytes,
      maxBytes: this.settings.journalMaxBytes,
      oldestReceivedAt: since === undefined ? null : new Date(since).toISOString(),
      problem: problem ?? null,
    };
  }

  /** @returns undefined when it does not answer; the log of whoever else asks says why */
  private async askDatabase(): Promise<Stored | undefined> {
    const answered = new AbortController();
    const late = wait(PATIENCE_MS, undefined, { signal: answered.signal }).catch(() => undefined);
    const asked = Promise.all([this.stored.newestPushAt(), this.quarantine.countOpen()]);
    try {
      return await Promise.race([asked.then(([newestPushAt, open]) => ({ newestPushAt, open })), late]);
    } catch {
      return undefined;
    } finally {
      answered.abort();
    }
  }
}

function latest(...times: readonly (number | undefined)[]): string | null {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? null : new Date(Math.max(...known)).toISOString();
}
