import { Injectable, NotFoundException } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/parameters/page.js';
import type { Principal } from '../../security/principal.js';
import { isStorable } from '../storable.js';
import { type Labels, LabelsService } from '../labels/labels.service.js';
import { totalsOf } from '../totals.js';
import type { BatchDto, BatchQuery } from './batch.dto.js';
import { type BatchPosition, BatchRepository, type BatchRow } from './batch.repository.js';

@Injectable()
export class BatchesService {
  constructor(
    private readonly batches: BatchRepository,
    private readonly labels: LabelsService,
  ) {}

  /** @throws InvalidParametersException */
  async list(query: BatchQuery, asker: Principal): Promise<Page<BatchDto>> {
    const { order = 'desc', limit = DEFAULT_LIMIT, cursor, ...filter } = query;
    const kind = `batches ${order}`;
    const after = cursor === undefined ? undefined : positionOf(cursor, kind);
    const rows = await this.batches.list(filter, asker, order, after, limit + 1);
    const labels = await this.labels.of(rows.map(idsOf));
    const found = rows.map((row) => batchDto(row, labels));
    return pageOf(found, limit, (last) =>
      encodeCursor(kind, [Date.parse(last.firstSeenAt), last.taskId ?? '', last.batchId]),
    );
  }

  /** @throws NotFoundException */
  async find(taskId: string, batchId: string, asker: Principal): Promise<BatchDto> {
    const row = isStorable(taskId + batchId) ? await this.batches.find(taskId, batchId, asker) : undefined;
    if (row === undefined) throw new NotFoundException('There is no batch with this batchId in this task');
    return batchDto(row, await this.labels.of([{ taskId, batchId }]));
  }
}

function positionOf(cursor: string, kind: string): BatchPosition {
  const [firstSeenAt, taskId, batchId] = decodeCursor(cursor, kind, ['number', 'string', 'string']);
  return { firstSeenAt: Number(firstSeenAt), taskId: String(taskId), batchId: String(batchId) };
}

function idsOf(row: BatchRow): { taskId: string; batchId: string } {
  return { taskId: row.task_id, batchId: row.batch_id };
}

function batchDto(row: BatchRow, labels: Labels): BatchDto {
  const { name: batchName, note } = labels.of(row.task_id, row.batch_id);
  return {
    taskId: row.task_id === '' ? null : row.task_id,
    taskName: labels.of(row.task_id).name,
    batchId: row.batch_id,
    batchName,
    note,
    firstSeenAt: row.first_seen_at.toISOString(),
    ...totalsOf(row),
  };
}
