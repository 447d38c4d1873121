import { clearInterval, setInterval } from 'node:timers';
import { errorText } from '../errors.js';
import { download, type DownloadLimits, StoreError } from './download.js';
import type { ClaimedRecording, RecordingRepository } from './recording.repository.js';
import type { RecordingStore } from './recording-store.js';

const RENEW_MS = 20_000;
/** Another process may take a download over a minute after its last renewal. This one ends before. */
const LONGEST_UNRENEWED_MS = 45_000;
const LONGEST_MS = 1_800_000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * What became of a download. `failed`: the vendor's store did not give the file. `unkept`: it came, and the ledger's
 * store or database did not take it. `stopped`: the process stops, and the recording is tried again at once.
 */
type DownloadOutcome = 'kept' | 'failed' | 'unkept' | 'unwanted' | 'stopped';

/** How a download ended. */
export interface DownloadEnd {
  readonly outcome: DownloadOutcome;
  /** Why the file is not kept. */
  readonly error?: unknown;
}

/**
 * Downloads one recording, and notes what became of it. When that can not be noted, the recording is tried again after
 * a minute.
 *
 * @param limits their signal ends the download when the process stops
 */
export async function downloadRecording(
  recording: ClaimedRecording,
  recordings: RecordingRepository,
  store: RecordingStore,
  limits: DownloadLimits,
): Promise<DownloadEnd> {
  const claim = new Claim(recording, recordings);
  const signal = AbortSignal.any([limits.signal, claim.ended, AbortSignal.timeout(LONGEST_MS)]);
  const ended = () => (limits.signal.aborted ? 'stopped' : claim.ended.aborted ? 'unwanted' : undefined);
  try {
    return await keep(recording, recordings, store, { ...limits, signal }, ended);
  } catch (error) {
    return { outcome: 'unkept', error };
  } finally {
    claim.end();
  }
}

/** @throws the error of the database, or of a file that can not be removed */
async function keep(
  recording: ClaimedRecording,
  recordings: RecordingRepository,
  store: RecordingStore,
  limits: DownloadLimits,
  ended: () => 'stopped' | 'unwanted' | undefined,
): Promise<DownloadEnd> {
  let file;
  try {
    file = await download(recording.url, store, recording.key, limits);
  } catch (error) {
    const outcome = ended();
    if (outcome === 'stopped') await recordings.release(recording);
    if (outcome !== undefined) return { outcome };
    const reason = error instanceof StoreError ? error.message : errorText(error);
    await recordings.failed(recording, reason, pauseAfter(recording.tries));
    return { outcome: error instanceof StoreError ? 'unkept' : 'failed', error };
  }
  if (await recordings.kept(recording, file)) return { outcome: 'kept' };
  // Another process may have taken the recording over meanwhile, and kept the same file.
  if (!(await recordings.hasFile(recording))) await store.remove(recording.key);
  return { outcome: 'unwanted' };
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
