import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import type { Principal } from '../../security/principal.js';
import type { LabelDto, LabelRequest } from './label.dto.js';
import { type Labelled, LabelRepository, type LabelRow } from './label.repository.js';

/** A name and a note; both null where there is no label. */
export type LabelTexts = Pick<LabelRow, 'name' | 'note'>;

const NO_LABEL: LabelTexts = { name: null, note: null };

/** The names of tasks and batches that an answer needs. */
export class Labels {
  private readonly texts: ReadonlyMap<string, LabelTexts>;

  constructor(rows: readonly LabelRow[]) {
    this.texts = new Map(rows.map((row) => [keyOf(row.task_id, row.batch_id), row]));
  }

  get isEmpty(): boolean {
    return this.texts.size === 0;
  }

  /** @param batchId undefined: the task itself */
  of(taskId: string | null | undefined, batchId?: string | null): LabelTexts {
    return this.texts.get(keyOf(taskId ?? '', batchId ?? '')) ?? NO_LABEL;
  }
}

/** Finds and changes the names of tasks and batches. */
@Injectable()
export class LabelsService {
  constructor(
    private readonly database: Database,
    private readonly repository: LabelRepository,
    private readonly audit: AuditLog,
  ) {}

  /**
   * The labels of tasks and batches, and of the tasks that the batches are in.
   *
   * @param named what an answer names; null or missing where it names none
   */
  async of(
    named: readonly { readonly taskId?: string | null; readonly batchId?: string | null }[],
  ): Promise<Labels> {
    const wanted = new Map<string, Labelled>();
    for (const { taskId, batchId } of named) {
      const task = taskId ?? '';
      if (task !== '') wanted.set(keyOf(task, ''), { taskId: task, batchId: '' });
      if ((batchId ?? '') !== '')
        wanted.set(keyOf(task, batchId ?? ''), { taskId: task, batchId: batchId ?? '' });
    }
    return new Labels(wanted.size === 0 ? [] : await this.repository.list([...wanted.values()]));
  }

  /**
   * The labels of tasks and of their batches. For answers that are too long to be read before their labels: names are
   * few, calls are many.
   *
   * @param taskIds undefined: all tasks
   */
  async ofTasks(taskIds: readonly string[] | undefined): Promise<Labels> {
    return new Labels(taskIds?.length === 0 ? [] : await this.repository.listOfTasks(taskIds ?? null));
  }

  /** Gives a task or a batch a name, or takes it away. The caller has checked that the asker may see it. */
  async change(
    { taskId, batchId }: Labelled,
    { name, note }: LabelRequest,
    asker: Principal,
  ): Promise<LabelDto> {
    const given = name.trim();
    const row = await this.database.transaction(async (transaction) => {
      const detail = { taskId, ...(batchId !== '' && { batchId }), name: given, note: note ?? null };
      await this.audit.recordIn(transaction, { action: 'label.changed', by: asker, detail, rows: 1 });
      const isGiven = given !== '';
      return this.repository.write(
        transaction,
        { taskId, batchId },
        isGiven ? given : null,
        isGiven ? (note ?? null) : null,
      );
    });
    const { name: shown, note: kept } = row ?? NO_LABEL;
    return { taskId, batchId: batchId === '' ? null : batchId, name: shown, note: kept };
  }
}

/** NUL separates the ids, because no text of the ledger contains it. */
function keyOf(taskId: string, batchId: string): string {
  return `${taskId}\0${batchId}`;
}
