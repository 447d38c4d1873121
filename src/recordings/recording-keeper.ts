import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { clearInterval, setInterval } from 'node:timers';
import { BackgroundLoop } from '../background/background-loop.js';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { DatabaseLifecycle } from '../persistence/connections/database-lifecycle.js';
import { download } from './download.js';
import { RecordingFiles } from './recording-files.js';
import { type ClaimedRecording, RecordingRepository } from './recording.repository.js';

/** How often to look for recordings when there were none. */
const LOOK_MS = 1000;
const MOST_AT_ONCE = 4;
const MOST_REMOVED_AT_ONCE = 100;
const RENEW_MS = 20_000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 3_600_000;
const BACKOFF = { firstMs: 2 * LOOK_MS, longestMs: 10_000 };

/** Downloads recordings in the background before their URLs die. Any number of processes share the work. */
@Injectable()
export class RecordingKeeper
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Recordings');
  private readonly stopping = new AbortController();
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
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.recordingStore !== undefined) this.loop.start();
  }

  beforeApplicationShutdown(): void {
    this.loop.stop();
    this.stopping.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.ended();
  }

  private async round(): Promise<number> {
    if (!this.lifecycle.migrated) return LOOK_MS;
    await this.removeFiles();
    const claimed = await this.recordings.claim(MOST_AT_ONCE);
    await Promise.all(claimed.map((recording) => this.keep(recording)));
    return claimed.length === MOST_AT_ONCE ? 0 : LOOK_MS;
  }

  private async removeFiles(): Promise<void> {
    const files = await this.recordings.removed(MOST_REMOVED_AT_ONCE);
    if (files.length === 0) return;
    const store = await this.files.store();
    for (const file of files) await store.remove(file);
    await this.recordings.forget(files);
  }

  private async keep(recording: ClaimedRecording): Promise<void> {
    const { key, earlierFile } = recording;
    const store = await this.files.store();
    const unwanted = new AbortController();
    const renewing = setInterval(() => {
      this.recordings.renew(recording).then(
        (isWanted) => {
          if (!isWanted) unwanted.abort();
        },
        () => undefined,
      );
    }, RENEW_MS);
    try {
      const { recordingHosts: hosts, recordingMaxBytes: maxBytes } = this.settings;
      const signal = AbortSignal.any([this.stopping.signal, unwanted.signal]);
      const file = await download(recording.url, store, key, { hosts, maxBytes, signal });
      const isWanted = await this.recordings.kept(recording, file);
      if (!isWanted) await store.remove(key);
      else if (earlierFile !== null && earlierFile !== key) await store.remove(earlierFile);
    } catch (error) {
      if (this.loop.isStopping) return;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(recording.tries - 1, 20), LONGEST_PAUSE_MS);
      await this.recordings.failed(recording, errorText(error), pause);
    } finally {
      clearInterval(renewing);
    }
  }
}
