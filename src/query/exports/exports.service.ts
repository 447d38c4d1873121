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
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { auditedRequest } from '../../security/audit/audited-request.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import { KeyStreams } from '../../security/key-streams.js';
import { type Principal, seesNumbers } from '../../security/principal.js';
import { hasNames } from '../calls/call-names.js';
import { type Labels, LabelsService } from '../labels/labels.service.js';
import { filterOf } from '../calls/call-filter.js';
import { CallFile } from './call-file.js';
import { EXPORT_FIELDS, fieldsBehind } from './export-fields.js';
import { type CallFormat, formatOf } from './call-formats.js';
import { mask } from '../calls/call-texts.js';
import type { ExportQuery } from './export-query.dto.js';
import { ExportRepository } from './export.repository.js';

/** The limits of exports. */
@Injectable()
export class ExportLimits {
  /**
   * The most exports at once. Each has a database connection in addition to the pool, and all share the one thread
   * with pushes and queries.
   */
  readonly atOnce: number = 3;
  /** The most exports at once of a key and the keys that it made, so that other keys have room. */
  readonly ofKey: number = 2;
  /**
   * An export without progress for this time is given up. Otherwise a client that has stopped reading would hold a
   * connection, and keep PostgreSQL from cleaning up, for ever. The time must not be much shorter: the kernel's
   * buffers hold some 10 MB, and ask for more only when a good part of it is read. With 60 s, a client that read 60
   * kB a second was given up.
   */
  readonly idleMs: number = 300_000;
}

/** The longest time that a line waits in the compressor. */
const FLUSH_MS = 250;

/** An export that was requested, and its answer. */
interface ExportRequest {
  readonly query: ExportQuery;
  readonly asker: Principal;
  readonly request: Request;
  readonly response: Response;
}

/** Ends an export because its client is gone. This is not a fault of the service. */
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
    private readonly labels: LabelsService,
  ) {}

  /**
   * Writes the file into the answer. Resolves when the whole file is written, or when the client is gone.
   *
   * @param asker the key's holder. The file has only calls and numbers that the holder may see.
   * @throws ServiceUnavailableException when too many exports are under way
   * @throws RefusalWithHeaders 429 when this key has too many exports, 401 when the key ends before the answer has
   *   begun
   * @throws DatabaseUnavailableError before the answer has begun
   * @throws Error after that. The connection is broken off then, so that the client sees that the file is not
   *   complete.
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
      // The pipeline may see the closed connection before the file is destroyed with the reason.
      const readerGone =
        error instanceof ReaderGoneError || errorCode(error) === 'ERR_STREAM_PREMATURE_CLOSE';
      if (!readerGone) throw error;
    } finally {
      this.underWay -= 1;
    }
  }

  private async write(keyEnd: AbortSignal, asked: ExportRequest): Promise<void> {
    const { query, asker, request, response } = asked;
    if (query.times === 'local' && query.format === 'ndjson') throw noLocalTimes();
    const filter = filterOf(query, this.settings.pushTimeZone, asker);
    const fields = fieldsBehind(query.fields ?? EXPORT_FIELDS);
    const detail = { ...auditedRequest(request), masked: !seesNumbers(asker) };
    await this.audit.record({ action: 'export.begun', by: asker, detail, rows: null });
    const labels = await this.labels.ofTasks(hasNames(query.fields) ? query.taskId : []);
    const format = formatFor(query, labels, query.timeZone ?? this.settings.pushTimeZone, asker);
    let file: CallFile | undefined;
    const begin = async (server: QueryServer) => {
      const rows = await this.calls.open(server, filter, { order: query.order ?? 'desc', fields }, asker);
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

  /**
   * Records the end in the audit. An error is only logged: the data has been sent already, and the file must not
   * fail now.
   */
  private async noteEnd(file: CallFile, asker: Principal): Promise<void> {
    const detail = { whole: file.readableEnded };
    try {
      await this.audit.record({ action: 'export.ended', by: asker, detail, rows: file.calls });
    } catch (error) {
      const { requestId } = asker;
      const entry = {
        outcome: 'the end of an export could not be recorded in the audit',
        calls: file.calls,
        requestId,
      };
      this.logger.error({ ...entry, reason: errorText(error) });
    }
  }
}

/** Breaks the file off when the key ends, so that it does not look complete. */
function endWith(keyEnd: AbortSignal, file: CallFile): void {
  const end = () => {
    file.fail(keyEnd.reason);
  };
  if (keyEnd.aborted) end();
  else keyEnd.addEventListener('abort', end, { once: true });
}

/**
 * Resolves when the query is accepted. Until then nothing has been sent, and another server can be asked instead.
 */
async function accepted(file: CallFile, response: Response): Promise<CallFile> {
  response.once('close', () => file.destroy(new ReaderGoneError()));
  if (response.closed) file.destroy(new ReaderGoneError());
  await once(file, 'accepted');
  return file;
}

function noLocalTimes(): InvalidParametersException {
  const message = 'local is for tables only: use format=csv, or leave it out';
  return new InvalidParametersException([{ path: 'times', message }]);
}

function formatFor(query: ExportQuery, labels: Labels, zone: string, asker: Principal): CallFormat {
  const format = formatOf(query, labels, zone);
  if (seesNumbers(asker)) return format;
  const write: CallFormat['write'] = (call, out) => {
    mask(call);
    format.write(call, out);
  };
  return { ...format, write };
}

/** Compresses at the fastest level, which keeps up with the rows, and flushes several times a second. */
function gzip(): Gzip {
  const stream = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 65_536 });
  const timer = setInterval(() => {
    if (!stream.writableNeedDrain) stream.flush();
  }, FLUSH_MS);
  return stream.once('close', () => {
    clearInterval(timer);
  });
}

/** Returns the name of an export's file in ASCII, such as `calls-from-2025-06-01-to-2025-06-02.csv`. */
function fileName({ format = 'csv', from, to }: ExportQuery): string {
  const begin = from === undefined ? '' : `-from-${nameable(from)}`;
  const end = to === undefined ? '' : `-to-${nameable(to)}`;
  return `calls${begin}${end}.${format}`;
}

/**
 * Makes a time usable in a file name: colons are removed, and a space becomes `+` again, because an unescaped `+`
 * arrives as a space.
 */
function nameable(time: string): string {
  return time.replaceAll(' ', '+').replaceAll(':', '');
}
