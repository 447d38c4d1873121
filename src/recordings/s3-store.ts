import type { S3Client } from '@aws-sdk/client-s3';
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { RecordingPlace } from '../config/settings.js';
import { type ByteRange, MARKER, type RecordingStore, type StoredFile } from './recording-store.js';
import { writeChunks } from './write-chunks.js';

type S3Place = Extract<RecordingPlace, { kind: 's3' }>;
type Library = typeof import('@aws-sdk/client-s3');

const CONNECT_MS = 5000;
/** Milliseconds without any byte. */
const IDLE_MS = 30_000;

/**
 * Keeps files in a bucket of an S3-compatible store. A file is first written to this machine and checked. Then one
 * request stores it, so that it is complete or absent.
 */
export class S3Store implements RecordingStore {
  private constructor(
    private readonly library: Library,
    private readonly client: S3Client,
    private readonly place: S3Place,
    private readonly spool: string,
  ) {}

  /**
   * The library is loaded here, because it takes much memory and time, and most ledgers keep files in a folder.
   *
   * @param spool the folder for files that are being stored
   */
  static async of(place: S3Place, spool: string): Promise<S3Store> {
    const library = await import('@aws-sdk/client-s3');
    const { endpoint, region, accessKeyId, secretAccessKey } = place;
    const client = new library.S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      credentials: { accessKeyId, secretAccessKey },
      // Many compatible stores do not know the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // A body can be sent only once. Recordings are tried again as a whole.
      maxAttempts: 1,
      // It would write to the console what the caller reports too.
      logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: IDLE_MS },
    });
    return new S3Store(library, client, place, spool);
  }

  get name(): string {
    return `s3://${this.place.bucket}/${this.place.prefix}`;
  }

  async identify(marker: string): Promise<string> {
    const known = await this.marker();
    if (known !== undefined) return known;
    const { PutObjectCommand } = this.library;
    try {
      // Of several processes, one writes it. Some stores ignore the condition: then the last one does.
      await this.client.send(
        new PutObjectCommand({ ...this.object(MARKER), Body: marker, IfNoneMatch: '*' }),
      );
    } catch (error) {
      if (statusOf(error) !== 412 && statusOf(error) !== 409) throw error;
    }
    const written = await this.marker();
    if (written === undefined) throw new Error(`${this.name} does not have what was written into it`);
    return written;
  }

  sweep(): Promise<void> {
    // A process that dies leaves nothing, because its files have no name.
    return Promise.resolve();
  }

  async put(key: string, chunks: AsyncIterable<Buffer>, signal: AbortSignal): Promise<StoredFile> {
    const file = await this.namelessFile();
    try {
      const md5 = createHash('md5');
      const written = await writeChunks(file, hashed(chunks, md5));
      await this.send(key, file, written.bytes, md5.digest('base64'), signal);
      return written;
    } finally {
      await file.close();
    }
  }

  async open(key: string, range?: ByteRange): Promise<Readable | undefined> {
    const { GetObjectCommand } = this.library;
    const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ ...this.object(key), ...part }));
      if (!(Body instanceof Readable)) throw new Error(`${this.name} answered without a file`);
      return Body;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    const { DeleteObjectCommand } = this.library;
    try {
      await this.client.send(new DeleteObjectCommand(this.object(key)));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  close(): void {
    this.client.destroy();
  }

  private object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }

  private async marker(): Promise<string | undefined> {
    const content = await this.open(MARKER);
    if (content === undefined) return undefined;
    const parts: Buffer[] = [];
    for await (const part of content as AsyncIterable<Buffer>) parts.push(part);
    return Buffer.concat(parts).toString().trim();
  }

  private async send(
    key: string,
    file: FileHandle,
    bytes: number,
    md5: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { PutObjectCommand } = this.library;
    const Body = file.createReadStream({ start: 0, autoClose: false });
    const put = new PutObjectCommand({ ...this.object(key), Body, ContentLength: bytes, ContentMD5: md5 });
    await this.client.send(put, { abortSignal: signal });
  }

  /** A file that is gone when it is closed, also when the process dies. */
  private async namelessFile(): Promise<FileHandle> {
    await mkdir(this.spool, { recursive: true, mode: 0o700 });
    const path = join(this.spool, randomUUID());
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return file;
  }
}

function ignore(): void {
  // Nothing is logged.
}

async function* hashed(
  chunks: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Whether there is no such file. A missing bucket is a wrong setting. */
function isMissing(error: unknown): boolean {
  return statusOf(error) === 404 && !(error instanceof Error && error.name === 'NoSuchBucket');
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
