import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ToldChanges } from '../../persistence/sql/told-changes.js';
import type { NoteState, RecordingState, Standing } from './call-state.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import type { NoteRow, RecordingRow } from './message-columns.js';
import { MessageSettler, type SettledMessages } from './message-settler.js';
import { NoteWriteRepository } from './note-write.repository.js';
import { RecordingWriteRepository } from './recording-write.repository.js';

/** The effect of records on notes and recordings. */
export interface SettledConversations {
  readonly notes: SettledMessages<NoteState>;
  readonly recordings: SettledMessages<RecordingState>;
  /** The recordings that had failed or expired, and are announced again by the same content. */
  readonly again: AnnouncedAgain;
}

/** `told` must be inserted if there are any. */
interface AnnouncedAgain {
  readonly told: ToldChanges;
  readonly callIds: readonly string[];
}

/** Updates the notes and recordings of calls with the records of some deliveries. */
@Injectable()
export class ConversationSettler {
  private readonly notes: MessageSettler<NoteState, NoteRow>;
  private readonly recordings: MessageSettler<RecordingState, RecordingRow>;

  constructor(
    private readonly rows: NoteWriteRepository,
    private readonly urls: RecordingWriteRepository,
    private readonly erasures: LateErasureRepository,
  ) {
    this.notes = new MessageSettler(rows);
    this.recordings = new MessageSettler(urls);
  }

  /**
   * Prevents other writers from changing these calls, their notes and their recordings until the transaction ends. A
   * transaction that writes notes or recordings takes all of its locks here, at once and in order: with a second step,
   * two of them could wait for each other.
   *
   * @param states all records of the transaction, reports included
   */
  async lock(transaction: Transaction, states: readonly Standing[]): Promise<void> {
    await this.rows.lock(
      transaction,
      states.map(({ callId }) => callId),
    );
  }

  /**
   * Call this after the reports of the same deliveries were settled. What belongs to an erased call without a new
   * report is not kept.
   *
   * @param notes the records of all deliveries, oldest first; each call at most once for each delivery
   * @param recordings the same of recordings
   * @throws CallVanishedError when a known row is deleted meanwhile
   */
  async settle(
    transaction: Transaction,
    notes: readonly NoteState[],
    recordings: readonly RecordingState[],
  ): Promise<SettledConversations> {
    const callIds = [...new Set([...notes, ...recordings].map(({ callId }) => callId))];
    const erased =
      callIds.length === 0 ? NONE : await this.erasures.erasedWithoutReport(transaction, callIds);
    const isKept = ({ callId }: Standing) => !erased.has(callId);
    const announced = recordings.filter(isKept);
    const settled = {
      notes: await this.notes.settle(transaction, notes.filter(isKept)),
      recordings: await this.recordings.settle(transaction, announced),
    };
    const told = new ToldChanges('recording');
    const isNew = announced.length === settled.recordings.inserted.length;
    const again = isNew ? [] : await this.urls.renewUrls(transaction, announced, told.id);
    return { ...settled, again: { told, callIds: again } };
  }
}

const NONE: ReadonlySet<string> = new Set();
