// An export that is asked for in, its file written into the answer.
import { Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { Settings } from '../../config/settings.js';
import { errorCode } from '../../../platform/error-code.js';
import { errorText } from '../../errors.js';
import type { QueryServer } from '../../persistence/connections/query-server.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { auditedRequest } from '../../security/audit/audited-request.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import { KeyStreams } from '../../security/key-streams.js';
import { type Principal, seesNumbers } from '../../security/principal.js';
import { filterOf } from '../calls/call-filter.js';
import { CallFile } from './call-file.js';
import { type CallFormat, formatOf } from './call-formats.js';
import { maskedTexts } from './call-texts.js';
import type { ExportQuery } from './export-query.dto.js';
import { ExportRepository } from './export.repository.js';

/** What exports may take of the service. */
@Injectable()
export class ExportLimits {
  /** Each has a connection beside the pool, and together they share the one thread with pushes and questions. */
  readonly atOnce: number = 3;
  /** Of one key and the keys that it made: others have room beside them. */
  readonly ofKey: number = 2;
  /**
   * A client that stopped reading would else hold a connection, and keep PostgreSQL from cleaning up, for ever. Not
   * less: the kernel's buffers hold some 10 MB and ask for more only when a good part of it is read. With 60 s, a
   * client that read 60 kB a second was given up.
   */
  readonly idleMs: number = 300_000;
}

/** So long at most does a line wait in the compressor for others. */
const FLUSH_MS = 250;

/** Who asks for which calls, and where the answer goes. */
interface ExportRequest {
  readonly query: ExportQuery;
  readonly asker: Principal;
  readonly request: Request;
  readonly response: Response;
}

/** Ends an export because nobody reads it any more; nothing went wrong here. */
class ReaderGoneError extends Error {}

@Injectable()
export class ExportsService {
  private readonly logger = new Logger('Export');
  private underWay = 0;

  constructor(
    private readonly settings: Settings,
    private readonly limits: ExportLimits,
    private readonly database: ReadingDatabase,
    private readonly calls: ExportRepository,
    private readonly audit: AuditLog,
    private readonly streams: KeyStreams,
  ) {}

  /**
   * Resolves when the whole file is written, or when the client is gone.
   *
   * @param asker calls of other sources are not in the file, nor numbers that they may not see
   * @throws ServiceUnavailableException when too many are under way
   * @throws RefusalWithHeaders 429 when too many are of this key, 401 when the key ends before the answer has begun
   * @throws DatabaseUnavailableError before the answer has begun
   * @throws Error after that; the connection is broken off by then, so that the file is seen not to be whole
   */
  async send(query: ExportQuery, asker: Principal, request: Request, response: Response): Promise<void> {
    const stream = this.streams.open({ name: 'exports', most: this.limits.ofKey }, asker);
    try {
      await this.sendUntil(stream.keyEnd, { query, asker, request, response });
    } finally {
      stream.close();
    }
  }

  private async sendUntil(keyEnd: AbortSignal, asked: ExportRequest): Promise<void> {
    if (this.underWay >= this.limits.atOnce) {
      throw new ServiceUnavailableException('Too many exports are running. Try again later');
    }
    this.underWay += 1;
    try {
      await this.write(keyEnd, asked);
    } catch (error) {
      // The pipeline may see the closed connection before the file is told why.
      const readerGone =
        error instanceof ReaderGoneError || errorCode(error) === 'ERR_STREAM_PREMATURE_CLOSE';
      if (!readerGone) throw error;
    } finally {
      this.underWay -= 1;
    }
  }

  private async write(keyEnd: AbortSignal, asked: ExportRequest): Promise<void> {
    const { query, asker, request, response } = asked;
    const filter = filterOf(query, this.settings.pushTimeZone, asker);
    const format = formatFor(query, asker);
    const detail = { ...auditedRequest(request), masked: !seesNumbers(asker) };
    await this.audit.record({ action: 'export.begun', by: asker, detail, rows: null });
    let file: CallFile | undefined;
    const begin = async (server: QueryServer) => {
      const rows = await this.calls.open(server, filter, query.order ?? 'desc', asker);
      file = new CallFile(rows, format, this.limits.idleMs);
      endWith(keyEnd, file);
      return accepted(file, response);
    };
    try {
      await this.writeFile(await this.database.ask(begin), format, query, request, response);
    } finally {
      if (file !== undefined) await this.noteEnd(file, asker);
    }
  }

  private async writeFile(
    file: CallFile,
    format: CallFormat,
    query: ExportQuery,
    request: Request,
    response: Response,
  ): Promise<void> {
    const compressed = request.acceptsEncodings('gzip', 'identity') === 'gzip';
    response.setHeader('Content-Type', format.mediaType);
    response.setHeader('Content-Disposition', `attachment; filename="${fileName(query)}"`);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Vary', 'Accept-Encoding');
    if (compressed) response.setHeader('Content-Encoding', 'gzip');
    if (request.method === 'HEAD') {
      response.end();
      await once(file, 'close');
    } else {
      await pipeline(compressed ? [file, gzip(), response] : [file, response]);
    }
  }

  /** The data has left already: that this can't be noted now must not spoil the file. */
  private async noteEnd(file: CallFile, asker: Principal): Promise<void> {
    const detail = { whole: file.readableEnded };
    try {
      await this.audit.record({ action: 'export.ended', by: asker, detail, rows: file.calls });
    } catch (error) {
      const { requestId } = asker;
      const entry = { outcome: 'end of an export not noted', calls: file.calls, requestId };
      this.logger.error({ ...entry, reason: errorText(error) });
    }
  }
}

/** Breaks the file off when the key ends: it must not look whole. */
function endWith(keyEnd: AbortSignal, file: CallFile): void {
  const end = () => {
    file.fail(keyEnd.reason);
  };
  if (keyEnd.aborted) end();
  else keyEnd.addEventListener('abort', end, { once: true });
}

/** Resolves once the first of the file is there: until then, nothing has left, and another server may be asked for it. */
async function accepted(file: CallFile, response: Response): Promise<CallFile> {
  response.once('close', () => file.destroy(new ReaderGoneError()));
  if (response.closed) file.destroy(new ReaderGoneError());
  await once(file, 'accepted');
  return file;
}

function formatFor(query: ExportQuery, asker: Principal): CallFormat {
  const format = formatOf(query);
  return seesNumbers(asker) ? format : { ...format, line: (call) => format.line(maskedTexts(call)) };
}

/** Compresses at the level that keeps up with the rows, and hands on what it has several times a second. */
function gzip(): Gzip {
  const stream = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 65_536 });
  const timer = setInterval(() => {
    if (!stream.writableNeedDrain) stream.flush();
  }, FLUSH_MS);
  return stream.once('close', () => {
    clearInterval(timer);
  });
}

/** The name under which a client may save an export, such as `calls-from-2025-06-01-to-2025-06-02.csv`; ASCII. */
export function fileName({ format = 'csv', from, to }: ExportQuery): string {
  const begin = from === undefined ? '' : `-from-${nameable(from)}`;
  const end = to === undefined ? '' : `-to-${nameable(to)}`;
  return `calls${begin}${end}.${format}`;
}

/** A time's colons are no letters of file names, and its `+` may have come as a space. */
function nameable(time: string): string {
  return time.replaceAll(' ', '+').replaceAll(':', '');
}
