import { Injectable, Logger, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RefusalWithHeaders } from '../http/problems/refusals.js';
import { errorText } from '../errors.js';
import { auditedRequest } from '../security/audit/audited-request.js';
import { DatabaseUnavailableError } from '../persistence/connections/unavailable.js';
import { AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import { RecordingFiles } from './recording-files.js';
import { type KeptRecording, RecordingRepository } from './recording.repository.js';
import type { ByteRange } from './recording-store.js';

const MISSING = 'There is no call with this callId, or it has no recording';
const STATES: Readonly<Record<string, string>> = {
  announced: 'The recording is announced, and not kept yet',
  failed: 'The recording could not be downloaded yet. It is tried again until its URL expires',
  expired: 'The recording was not kept: its URL expired before it could be downloaded',
  removed: 'The recording is not kept any more',
};
export const UNREADABLE = 'This process can not read the store of the recordings';
const OFF = 'Recordings are not kept here (RECORDING_STORE is off)';

/** Sends the files of recordings. */
@Injectable()
export class RecordingsService {
  private readonly logger = new Logger('Recordings');

  constructor(
    private readonly recordings: RecordingRepository,
    private readonly files: RecordingFiles,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Sends the file, or the part that is asked for. It is noted in the audit before.
   *
   * @throws NotFoundException with the state, when the file is not kept
   */
  async send(callId: string, asker: Principal, request: Request, response: Response): Promise<void> {
    const found = callId.includes('\0') ? undefined : await this.recordings.find(callId, asker.sources);
    if (found === undefined) throw new NotFoundException(MISSING);
    if (found.state !== 'kept' || !this.files.isOn)
      throw new NotFoundException(this.files.isOn ? (STATES[found.state] ?? MISSING) : OFF);
    await this.audit.record({
      action: 'recording.read',
      by: asker,
      detail: auditedRequest(request),
      rows: 1,
    });
    const etag = `"${found.sha256}"`;
    response.set({
      'Content-Type': found.contentType,
      ETag: etag,
      'Accept-Ranges': 'bytes',
    });
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    const range = rangeOf(request, found, etag);
    if (range === 'unsatisfiable') {
      throw new RefusalWithHeaders(416, 'The file has no such part', {
        'Content-Range': `bytes */${found.bytes}`,
      });
    }
    const content = await this.open(found, range, response);
    if (content === undefined) throw new NotFoundException('The file of the recording is not in the store');
    await this.stream(content, found, range, response);
  }

  /** @throws ServiceUnavailableException when the store can not be read, or is not the one that this process has */
  private async open(
    { file, callId }: KeptRecording,
    range: ByteRange | undefined,
    response: Response,
  ): Promise<Readable | undefined> {
    try {
      return await (await this.files.store()).open(file, range);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      this.logger.error(`the recording of the call ${callId} can not be read: ${errorText(error)}`);
      for (const name of ['ETag', 'Accept-Ranges']) response.removeHeader(name);
      throw new ServiceUnavailableException(UNREADABLE);
    }
  }

  private async stream(
    content: Readable,
    { bytes, sha256, callId }: KeptRecording,
    range: ByteRange | undefined,
    response: Response,
  ): Promise<void> {
    const length = range === undefined ? bytes : range.end - range.start + 1;
    response.status(range === undefined ? 200 : 206).set('Content-Length', String(length));
    if (range !== undefined) response.set('Content-Range', `bytes ${range.start}-${range.end}/${bytes}`);
    try {
      await pipeline(content, new Checked(length, range === undefined ? sha256 : undefined), response);
    } catch (error) {
      // The answer is broken off, so the client sees that it is not whole. Clients that leave are no problem.
      if (error instanceof DamagedFileError)
        this.logger.error(`the recording of the call ${callId} can not be sent: ${errorText(error)}`);
    }
  }
}

/** The file is not what was kept. */
class DamagedFileError extends Error {}

/** Passes a file on. The end is held back until the whole file is known to be what was kept. */
class Checked extends Transform {
  private readonly hash = createHash('sha256');
  private held: Buffer | undefined;
  private left: number;

  /** @param sha256 in hexadecimal; undefined for a part, of which only the length is known */
  constructor(
    length: number,
    private readonly sha256: string | undefined,
  ) {
    super();
    this.left = length;
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.left -= chunk.length;
    this.hash.update(chunk);
    if (this.held !== undefined) this.push(this.held);
    this.held = chunk;
    done(this.left < 0 ? new DamagedFileError('the file is longer than it was') : null);
  }

  override _flush(done: (error?: Error | null) => void): void {
    if (this.left > 0) done(new DamagedFileError('the file is shorter than it was'));
    else if (this.sha256 !== undefined && this.hash.digest('hex') !== this.sha256)
      done(new DamagedFileError('the content of the file has changed'));
    else {
      if (this.held !== undefined) this.push(this.held);
      done();
    }
  }
}

/** The part that is asked for; undefined: the whole file. Several parts at once are not supported, and get the file. */
function rangeOf(
  request: Request,
  { bytes }: KeptRecording,
  etag: string,
): ByteRange | undefined | 'unsatisfiable' {
  const condition = request.get('if-range');
  if (condition !== undefined && condition !== etag) return undefined;
  const ranges = request.range(bytes, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined;
  const [range] = ranges;
  return range;
}
