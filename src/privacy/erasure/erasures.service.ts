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

/** Accepts, lists and shows erasure jobs. `Eraser` works on them. */
@Injectable()
export class ErasuresService {
  constructor(
    private readonly erasures: ErasureRepository,
    private readonly eraser: Eraser,
    private readonly events: PrivacyEvents,
  ) {}

  /**
   * Accepts an erasure job. Once this resolves, the job survives a crash.
   *
   * @throws DatabaseUnavailableError
   * @throws InvalidParametersException if the number is not a phone number
   */
  async ask({ number, reason }: ErasureRequest, asker: Principal): Promise<AcceptedErasure> {
    const core = coreOf(number);
    if (core === undefined)
      throw new InvalidParametersException([{ path: 'number', message: 'is not a phone number' }]);
    const requestedAt = Date.now();
    const id = orderedId(requestedAt);
    const kept = new NumberSearch(core).erasedFrom(reason);
    await this.erasures.create(id, core, kept, requestedAt, (transaction, hash) =>
      this.events.erasureRequested(transaction, id, hash, asker),
    );
    this.eraser.look();
    return { id, status: 'pending' };
  }

  /**
   * Lists the jobs, newest first.
   *
   * @throws InvalidParametersException if the cursor is not valid
   */
  async list({ limit = DEFAULT_LIMIT, cursor }: PageQuery): Promise<Page<ErasureDto>> {
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'erasures');
    const rows = await this.erasures.list(before, limit + 1);
    return pageOf(rows.map(erasureDto), limit, (last) => encodeCursor('erasures', [last.id]));
  }

  /** @throws NotFoundException if there is no job with this id */
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
