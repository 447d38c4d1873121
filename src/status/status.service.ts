import { Injectable } from '@nestjs/common';
import {
  CompletenessRepository,
  type CompletenessSummary,
  type ZoneFinding,
} from '../completeness/completeness.repository.js';
import { VendorAccount } from '../completeness/vendor-account.js';
import { Settings } from '../config/settings.js';
import { Journal } from '../ingestion/journal/journal.js';
import { PushMetrics } from '../ingestion/push/push.metrics.js';
import { QuarantineRepository } from '../quarantine/quarantine.repository.js';
import type { CompletenessStatus, JournalLevel, StatusDto, TimeZoneStatus } from './status.dto.js';
import { StatusRepository } from './status.repository.js';
import { SingleFlight } from '../background/single-flight.js';
import { DatabaseUnavailableError } from '../persistence/connections/unavailable.js';
import { within } from '../within.js';

/** The vendor's timeout for an answer, in ms. */
const LIMIT_MS = 700;

/** Collects the status. It answers within about 2 s, even while the database is unavailable. */
@Injectable()
export class StatusService {
  private readonly newest: SharedQuestion<{ readonly pushAt: number | undefined }>;
  private readonly openEntries: SharedQuestion<number>;
  private readonly summary: SharedQuestion<CompletenessSummary>;
  private readonly zone: SharedQuestion<ZoneFinding | undefined>;
  private readonly startedAt = new Date(Date.now() - performance.now()).toISOString();

  constructor(
    private readonly settings: Settings,
    private readonly pushes: PushMetrics,
    private readonly journal: Journal,
    stored: StatusRepository,
    quarantine: QuarantineRepository,
    private readonly account: VendorAccount,
    completeness: CompletenessRepository,
  ) {
    this.newest = new SharedQuestion(async () => ({ pushAt: await stored.newestPushAt() }));
    this.openEntries = new SharedQuestion(() => quarantine.countOpen());
    this.summary = new SharedQuestion(() => completeness.summary());
    this.zone = new SharedQuestion(() => completeness.zone());
  }

  /** The current status. Values that need the database are null while it does not answer. */
  async now(): Promise<StatusDto> {
    const [newest, openEntries, summary, zone, buckets] = await Promise.all([
      this.newest.answer(),
      this.openEntries.answer(),
      this.summary.answer(),
      this.zone.answer(),
      this.pushes.acknowledgements(),
    ]);
    return {
      startedAt: this.startedAt,
      databaseAnswers: newest !== undefined,
      lastPushAt: latest(newest?.pushAt, this.pushes.lastAcknowledgedAt),
      openQuarantineEntries: openEntries ?? null,
      journal: this.journal.isOff ? null : this.journalLevel(),
      completeness: summary === undefined || !this.account.isKnown ? null : completenessOf(summary),
      pushTimeZone: timeZoneOf(this.settings.pushTimeZone, zone),
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
}

function completenessOf({ missing, checkedAt }: CompletenessSummary): CompletenessStatus {
  return {
    missingCalls: missing,
    checkedAt: checkedAt === null ? null : new Date(checkedAt).toISOString(),
  };
}

function timeZoneOf(zone: string, finding: ZoneFinding | undefined): TimeZoneStatus {
  if (finding === undefined) return { zone, state: 'unknown', offsetMinutes: null, problem: null };
  const offsetMinutes = finding.offsetMs / 60_000;
  if (offsetMinutes === 0) return { zone, state: 'proved', offsetMinutes, problem: null };
  const hours = `${Math.abs(offsetMinutes) / 60} hours ${offsetMinutes > 0 ? 'late' : 'early'}`;
  const problem = `PUSH_TIME_ZONE=${zone} is wrong: the times of ${finding.calls} pushed calls of the task ${finding.taskId} are ${hours}, compared with the epoch times of the vendor's query API. Correct the setting.`;
  return { zone, state: 'refuted', offsetMinutes, problem };
}

function latest(...times: readonly (number | undefined)[]): string | null {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? null : new Date(Math.max(...known)).toISOString();
}

/** If the database has not answered by then, it counts as unavailable. */
const PATIENCE_MS = 2000;

/** A query that is a single flight, and for whose answer nobody waits longer than 2 s. */
export class SharedQuestion<T> {
  private readonly asking: SingleFlight<T>;

  constructor(ask: () => Promise<T>) {
    this.asking = new SingleFlight(ask);
  }

  /** @returns undefined if the database is unavailable, or does not answer in time */
  async answer(): Promise<T | undefined> {
    try {
      return await within(PATIENCE_MS, this.asking.run());
    } catch (error) {
      // Other users of the database report the reason.
      if (error instanceof DatabaseUnavailableError) return undefined;
      throw error;
    }
  }
}
