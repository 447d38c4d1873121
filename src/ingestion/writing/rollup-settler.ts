import { Injectable } from '@nestjs/common';
import type { Reader, Transaction } from '../../persistence/connections/statement.js';
import type { CallState, NoteState } from './call-state.js';
import { CallWriteRepository } from './call-write.repository.js';
import type { SettledMessages } from './message-settler.js';
import { NoteWriteRepository } from './note-write.repository.js';
import type { GroupRecords } from './group-records.js';
import { type CalledWith, RollupDeltas } from './rollup-deltas.js';
import { RollupRepository } from './rollup.repository.js';

/** What a transaction knew of the notes of its calls, and of the calls of its notes, when it wrote the rollups. */
export interface KnownMessages {
  /** The calls that it wrote, with the intents of their notes; empty text for none. */
  readonly intents: ReadonlyMap<string, string>;
  /** The calls whose notes or recordings it wrote, and that had no report. */
  readonly unreported: ReadonlySet<string>;
}

/** What becomes of the calls of a transaction, and of their notes. */
interface ChangesOfRollups {
  readonly calls: Pick<SettledMessages<CallState>, 'inserted' | 'replaced'>;
  readonly notes: Pick<SettledMessages<NoteState>, 'inserted' | 'replaced'>;
  /** The intents of the notes of reported calls, by callId. Undefined: they are read here. */
  readonly intents: ReadonlyMap<string, string> | undefined;
  /** The lane of the rollups. */
  readonly lane: number;
}

/** Another transaction has committed the note of a call, or the call of a note, which this one did not see. */
export class UnseenMessageError extends Error {
  constructor() {
    super('the note of a call was committed meanwhile, or the call of a note');
  }
}

/** Updates the rollups by what became of calls and of their notes. */
@Injectable()
export class RollupSettler {
  constructor(
    private readonly rollups: RollupRepository,
    private readonly calls: CallWriteRepository,
    private readonly notes: NoteWriteRepository,
  ) {}

  /**
   * The intents of the notes of reported calls. Undefined if the transaction also writes notes: then they are known
   * after these.
   */
  async knownIntents(
    reader: Reader,
    { reports, notes }: GroupRecords,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    if (notes.length > 0) return undefined;
    const callIds = new Set(reports.map(({ callId }) => callId));
    return callIds.size === 0 ? NO_INTENTS : this.notes.intents(reader, [...callIds]);
  }

  /** @returns the calls that were written, with the intents of their notes */
  async settle(transaction: Transaction, changes: ChangesOfRollups): Promise<KnownMessages['intents']> {
    const { calls, notes, lane } = changes;
    const written = [...calls.inserted, ...calls.replaced.map(({ after }) => after)].map(
      ({ callId }) => callId,
    );
    const intents =
      changes.intents ?? (written.length === 0 ? NO_INTENTS : await this.notes.intents(transaction, written));
    const before = intentsBefore(notes);
    const isNew = new Set(calls.inserted.map(({ callId }) => callId));
    const deltas = new RollupDeltas();
    for (const state of calls.inserted) deltas.add(state, intents.get(state.callId) ?? '');
    for (const replaced of calls.replaced) {
      const { callId } = replaced.after;
      const intent = intents.get(callId) ?? '';
      // A call of this transaction was counted under the newest intent above.
      const was = isNew.has(callId) ? intent : (before.get(callId) ?? intent);
      deltas.replace({ state: replaced.before, intent: was }, { state: replaced.after, intent });
    }
    const isWritten = new Set(written);
    const others = [...before.keys()].filter((callId) => !isWritten.has(callId));
    const states = others.length === 0 ? NO_CALLS : await this.calls.states(transaction, others);
    for (const { left, entered } of movedBy(notes, states)) deltas.replace(left, entered);
    await this.rollups.add(transaction, deltas.sorted(), lane);
    return new Map(written.map((callId) => [callId, intents.get(callId) ?? '']));
  }

  /**
   * Checks whether the messages are still all that there is. Call it when no other transaction can be committed until
   * this one ends: then whichever of two comes second sees the first one here.
   *
   * @throws UnseenMessageError when they are not
   */
  async check(transaction: Transaction, { intents, unreported }: KnownMessages): Promise<void> {
    if (intents.size > 0) {
      const now = await this.notes.intents(transaction, [...intents.keys()]);
      for (const [callId, intent] of intents)
        if ((now.get(callId) ?? '') !== intent) throw new UnseenMessageError();
    }
    if (unreported.size === 0) return;
    const now = await this.calls.standings(transaction, [...unreported]);
    if (now.size > 0) throw new UnseenMessageError();
  }
}

const NO_INTENTS: ReadonlyMap<string, string> = new Map();
const NO_CALLS: ReadonlyMap<string, CallState> = new Map();

/** The intents that notes had before, by callId; empty text for those that are new. */
function intentsBefore(
  notes: Pick<SettledMessages<NoteState>, 'inserted' | 'replaced'>,
): Map<string, string> {
  // A note can be new and replaced in one transaction.
  return new Map([
    ...notes.replaced.map(({ before }) => [before.callId, before.record.majorIntent ?? ''] as const),
    ...notes.inserted.map(({ callId }) => [callId, ''] as const),
  ]);
}

/** The calls that another intent of their note moves into another group. */
function movedBy(
  notes: Pick<SettledMessages<NoteState>, 'inserted' | 'replaced'>,
  states: ReadonlyMap<string, CallState>,
): { readonly left: CalledWith; readonly entered: CalledWith }[] {
  const before = intentsBefore(notes);
  const after = new Map(
    [...notes.inserted, ...notes.replaced.map((replaced) => replaced.after)].map((note) => [
      note.callId,
      note.record.majorIntent ?? '',
    ]),
  );
  return [...after].flatMap(([callId, is]) => {
    const state = states.get(callId);
    const was = before.get(callId) ?? '';
    if (state === undefined || was === is) return [];
    return [{ left: { state, intent: was }, entered: { state, intent: is } }];
  });
}
