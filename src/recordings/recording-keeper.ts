import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BackgroundLoop } from '../background/background-loop.js';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { DatabaseLifecycle } from '../persistence/connections/database-lifecycle.js';
import { DatabaseUnavailableError } from '../persistence/connections/unavailable.js';
import { within } from '../within.js';
import { type DownloadEnd, downloadRecording } from './recording-download.js';
import { RecordingFiles } from './recording-files.js';
import { RecordingMetrics } from './recording.metrics.js';
import { type ClaimedRecording, RecordingRepository } from './recording.repository.js';
import type { RecordingStore } from './recording-store.js';

/** How often to look for recordings when there were none. */
const LOOK_MS = 1000;
const MOST_AT_ONCE = 4;
const MOST_REMOVED_AT_ONCE = 100;
/** How often to look for what is over: URLs, retention times, and files that processes that died have left. */
const CLEAN_MS = 60_000;
const IDLE_MS = 30_000;
const GRACE_MS = 2000;
const BACKOFF = { firstMs: 2 * LOOK_MS, longestMs: 10_000 };

/** Downloads recordings in the background before their URLs die. Any number of processes share the work. */
@Injectable()
export class RecordingKeeper
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Recordings');
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private cleanedAt: number | undefined;
  /** The kinds of failures that were logged since the last cleaning. */
  private readonly told = new Set<'removal' | 'failed' | 'unkept'>();
  private readonly loop = new BackgroundLoop({
    round: () => this.round(),
    backoff: BACKOFF,
    onFailure: (error, pauseMs) => {
      if (pauseMs === BACKOFF.firstMs)
        this.logger.warn(`recordings can not be kept at the moment: ${errorText(error)}`);
    },
  });

  constructor(
    private readonly settings: Settings,
    private readonly lifecycle: DatabaseLifecycle,
    private readonly recordings: RecordingRepository,
    private readonly files: RecordingFiles,
    private readonly metrics: RecordingMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.loop.stop();
    this.stopping.abort();
    // The downloads are given back, so that another process need not wait until it may take them over.
    await within(GRACE_MS, Promise.all(this.running));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.ended();
  }

  private async round(): Promise<number> {
    if (!this.lifecycle.migrated) return LOOK_MS;
    const isTimeToClean = this.cleanedAt === undefined || performance.now() - this.cleanedAt > CLEAN_MS;
    if (isTimeToClean) await this.recordings.switch(this.files.isOn);
    if (!this.files.isOn) {
      this.cleanedAt = performance.now();
      return CLEAN_MS;
    }
    if (isTimeToClean) await this.recordings.expire();
    if (this.files.waitsForRecordings && !(await this.recordings.areThere())) return LOOK_MS;
    const store = await this.files.store();
    if (isTimeToClean) await this.clean(store);
    const isMoreToRemove = await this.removeFiles(store);
    const claimed = await this.recordings.claim(MOST_AT_ONCE - this.running.size);
    for (const recording of claimed) this.begin(recording, store);
    if (this.running.size === MOST_AT_ONCE) await within(LOOK_MS, Promise.race(this.running));
    return claimed.length > 0 || isMoreToRemove ? 0 : LOOK_MS;
  }

  private async clean(store: RecordingStore): Promise<void> {
    await store.sweep();
    this.told.clear();
    this.cleanedAt = performance.now();
  }

  /** Removes some files. A failure must not keep the service from downloading others. @returns whether there are more */
  private async removeFiles(store: RecordingStore): Promise<boolean> {
    const { recordingRetentionDays: days } = this.settings;
    const old = days > 0 ? await this.recordings.removeOld(days, MOST_REMOVED_AT_ONCE) : 0;
    const files = await this.recordings.removed(MOST_REMOVED_AT_ONCE);
    const gone = [];
    for (const file of files)
      try {
        await store.remove(file);
        gone.push(file);
      } catch (error) {
        if (this.isNew('removal'))
          this.logger.error(`a file of ${store.name} can not be removed: ${errorText(error)}`);
        break;
      }
    if (gone.length > 0) await this.recordings.forget(gone);
    return gone.length === MOST_REMOVED_AT_ONCE || old === MOST_REMOVED_AT_ONCE;
  }

  private begin(recording: ClaimedRecording, store: RecordingStore): void {
    const { recordingHosts: hosts, recordingMaxBytes: maxBytes } = this.settings;
    const limits = { hosts, maxBytes, idleMs: IDLE_MS, signal: this.stopping.signal };
    const running = downloadRecording(recording, this.recordings, store, limits)
      .then((end) => {
        if (end.outcome !== 'stopped') this.metrics.ended(end.outcome);
        this.tell(end);
      })
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  private tell({ outcome, error }: DownloadEnd): void {
    if (outcome === 'failed' && this.isNew(outcome))
      this.logger.warn(`a recording could not be downloaded, and is tried again: ${errorText(error)}`);
    if (outcome !== 'unkept' || !this.isNew(outcome)) return;
    const text = `a recording was downloaded, but can not be kept: ${errorText(error)}`;
    // The database's absence is told by others.
    if (error instanceof DatabaseUnavailableError) this.logger.warn(text);
    else this.logger.error(text);
  }

  /** Whether such a failure is the first one since the last cleaning. The same cause may fail every download. */
  private isNew(kind: 'removal' | 'failed' | 'unkept'): boolean {
    const isNew = !this.told.has(kind);
    this.told.add(kind);
    return isNew;
  }
}
