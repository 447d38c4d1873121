// The wish to erase a number in, a job out; a question about jobs in, its answer out.
import { Injectable, NotFoundException } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../../http/parameters/cursor.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { DEFAULT_LIMIT, type Page, pageOf, type PageQuery } from '../../http/parameters/page.js';
import type { Erasure } from '../../persistence/schema/entities/privacy.entities.js';
import { orderedId } from '../../persistence/sql/ids.js';
import { coreOf } from '../../numbers/core.js';
import { NumberSearch } from '../../numbers/number-search.js';
import type { Principal } from '../../security/principal.js';
import { PrivacyEvents } from '../privacy-events.js';
import { Eraser } from './eraser.js';
import { countsOf } from './erasure-job.js';
import type { AcceptedErasure, ErasureDto, ErasureRequest } from './erasure.dto.js';
import { ErasureRepository } from './erasure.repository.js';

@Injectable()
export class ErasuresService {
  constructor(
    private readonly erasures: ErasureRepository,
    private readonly eraser: Eraser,
    private readonly events: PrivacyEvents,
  ) {}

  /**
   * Takes a job on. When this resolves it survives.
   *
   * @throws DatabaseUnavailableError
   */
  async ask({ number, reason }: ErasureRequest, asker: Principal): Promise<AcceptedErasure> {
    const core = coreOf(number);
    if (core === undefined)
      throw new InvalidParametersException([{ path: 'number', message: 'is no number' }]);
    const requestedAt = Date.now();
    const id = orderedId(requestedAt);
    const kept = new NumberSearch(core).erasedFrom(reason);
    await this.erasures.create(id, core, kept, requestedAt, (transaction, hash) =>
      this.events.erasureRequested(transaction, id, hash, asker),
    );
    this.eraser.look();
    return { id, status: 'pending' };
  }

  /** @throws InvalidParametersException */
  async list({ limit = DEFAULT_LIMIT, cursor }: PageQuery): Promise<Page<ErasureDto>> {
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'erasures');
    const rows = await this.erasures.list(before, limit + 1);
    return pageOf(rows.map(erasureDto), limit, (last) => encodeCursor('erasures', [last.id]));
  }

  /** @throws NotFoundException */
  async find(id: string): Promise<ErasureDto> {
    const erasure = isUuid(id) ? await this.erasures.find(id) : null;
    if (erasure === null) throw new NotFoundException('There is no erasure with this id');
    return erasureDto(erasure);
  }
}

function erasureDto(erasure: Erasure): ErasureDto {
  return {
    id: erasure.id,
    status: erasure.status,
    reason: erasure.reason,
    requestedAt: erasure.requestedAt.toISOString(),
    startedAt: erasure.startedAt?.toISOString() ?? null,
    finishedAt: erasure.finishedAt?.toISOString() ?? null,
    problem: erasure.problem,
    erased: countsOf(erasure),
  };
}
