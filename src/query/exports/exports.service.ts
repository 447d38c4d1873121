// An export that is asked for in, its file written into the answer.
import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { Settings } from '../../config/settings.js';
import type { Viewer } from '../../persistence/sql-conditions.js';
import { filterOf } from '../calls/call-filter.js';
import { CallFile } from './call-file.js';
import { formatOf } from './export-format.js';
import { ExportLimits } from './export-limits.js';
import type { ExportQuery } from './export-query.dto.js';
import { ExportRepository } from './export.repository.js';
import { fileName } from './file-name.js';

/** So long at most does a line wait in the compressor for others. */
const FLUSH_MS = 250;

/** Ends an export because nobody reads it any more; nothing went wrong here. */
class ReaderGoneError extends Error {}

@Injectable()
export class ExportsService {
  private underWay = 0;

  constructor(
    private readonly settings: Settings,
    private readonly limits: ExportLimits,
    private readonly calls: ExportRepository,
  ) {}

  /**
   * Resolves when the whole file is written, or when the client is gone.
   *
   * @param viewer calls of other sources are not in the file
   * @throws ServiceUnavailableException when too many are under way
   * @throws DatabaseUnavailableError before the answer has begun
   * @throws Error after that; the connection is broken off by then, so that the file is seen not to be whole
   */
  async send(query: ExportQuery, viewer: Viewer, request: Request, response: Response): Promise<void> {
    if (this.underWay >= this.limits.atOnce) {
      throw new ServiceUnavailableException('As many exports as may be at once are under way');
    }
    this.underWay += 1;
    try {
      await this.write(query, viewer, request, response);
    } catch (error) {
      if (!(error instanceof ReaderGoneError)) throw error;
    } finally {
      this.underWay -= 1;
    }
  }

  private async write(
    query: ExportQuery,
    viewer: Viewer,
    request: Request,
    response: Response,
  ): Promise<void> {
    const filter = filterOf(query, this.settings.pushTimeZone);
    const format = formatOf(query);
    const rows = await this.calls.open(filter, query.order ?? 'desc', viewer);
    const file = new CallFile(rows, format, this.limits.idleMs);
    response.once('close', () => file.destroy(new ReaderGoneError()));
    if (response.closed) file.destroy(new ReaderGoneError());
    await once(file, 'accepted');
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
