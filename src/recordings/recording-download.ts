import { clearInterval, setInterval } from 'node:timers';
import { errorText } from '../errors.js';
import { download, type DownloadLimits } from './download.js';
import type { ClaimedRecording, RecordingRepository } from './recording.repository.js';
import type { RecordingStore } from './recording-store.js';

const RENEW_MS = 20_000;
/** Another process may take a download over a minute after its last renewal. This one ends before. */
const LONGEST_UNRENEWED_MS = 45_000;
const LONGEST_MS = 1_800_000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 3_600_000;

/** What became of a download. `stopped`: the process stops, and the recording is tried again at once. */
export type DownloadOutcome = 'kept' | 'failed' | 'unwanted' | 'stopped';

/**
 * Downloads one recording, and notes what became of it.
 *
 * @param limits their signal ends the download when the process stops
 * @throws DatabaseUnavailableError when that can not be noted: the recording is tried again after a minute
 */
export async function downloadRecording(
  recording: ClaimedRecording,
  recordings: RecordingRepository,
  store: RecordingStore,
  limits: DownloadLimits,
): Promise<DownloadOutcome> {
  const claim = new Claim(recording, recordings);
  const signal = AbortSignal.any([limits.signal, claim.ended, AbortSignal.timeout(LONGEST_MS)]);
  try {
    const file = await download(recording.url, store, recording.key, { ...limits, signal });
    if (await recordings.kept(recording, file)) return 'kept';
    // Another process has taken the recording over meanwhile, and kept the same file.
    if (await recordings.hasFile(recording)) return 'unwanted';
    await store.remove(recording.key);
    return 'unwanted';
  } catch (error) {
    if (limits.signal.aborted) {
      await recordings.release(recording);
      return 'stopped';
    }
    if (claim.ended.aborted) return 'unwanted';
    await recordings.failed(recording, errorText(error), pauseAfter(recording.tries));
    return 'failed';
  } finally {
    claim.end();
  }
}

/** Milliseconds until a recording is tried again. @param tries how many downloads have failed, at least 1 */
function pauseAfter(tries: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 20), LONGEST_PAUSE_MS);
}

/** Keeps a recording this process's. It ends when nobody wants the recording any more, or when it can not be renewed. */
class Claim {
  private readonly ending = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private renewedAt = performance.now();

  constructor(
    private readonly recording: ClaimedRecording,
    private readonly recordings: RecordingRepository,
  ) {
    this.timer = setInterval(() => void this.renew(), RENEW_MS);
  }

  get ended(): AbortSignal {
    return this.ending.signal;
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    const begun = performance.now();
    try {
      if (await this.recordings.renew(this.recording)) this.renewedAt = begun;
      else this.ending.abort();
    } catch {
      // The database is unavailable. It may be back before another process takes the recording over.
    }
    if (performance.now() - this.renewedAt > LONGEST_UNRENEWED_MS) this.ending.abort();
  }
}
