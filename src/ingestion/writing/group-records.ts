// The records of a group of deliveries, as they are to be written.
import type { MessageKind } from '../reading/message-kind.js';
import type { ReadMessage } from '../reading/record-reader.js';
import type { ReadDelivery } from '../reading/records-of-body.js';
import {
  type CallState,
  firstMessageState,
  firstState,
  type Identified,
  type MessageState,
  type NoteState,
  recordKey,
  type RecordingState,
  type Standing,
} from './call-state.js';
import { isBare } from './settlement.js';
import type { StoredBody } from './stored-body.js';

/** A delivery that is ready to be written. */
export interface PackedDelivery {
  readonly read: ReadDelivery;
  readonly body: StoredBody;
}

/** The records of a group by their messages: of each delivery, oldest first, at most one for each call. */
export interface GroupRecords {
  /** Oldest first. */
  readonly group: readonly PackedDelivery[];
  readonly reports: readonly CallState[];
  readonly notes: readonly NoteState[];
  readonly recordings: readonly RecordingState[];
}

/** @param erased the {@link recordKey}s of the records that must change nothing */
export function recordsOf(unsorted: readonly PackedDelivery[], erased: ReadonlySet<string>): GroupRecords {
  const group = [...unsorted].sort(byArrival);
  const among = <State extends MessageState>(statesOf: (read: ReadDelivery) => readonly State[]) => {
    const states = group.flatMap(({ read }) => statesOf(read));
    return erased.size === 0 ? states : states.filter((state) => !erased.has(recordKey(state)));
  };
  return {
    group,
    reports: among(({ calls, delivery }) => lastOfEach(calls).map((call) => firstState(call, delivery))),
    notes: among(({ notes, delivery }) => lastOfEach(notes).map((note) => firstMessageState(note, delivery))),
    recordings: among(({ recordings, delivery }) =>
      lastOfEach(recordings).map((recording) => firstMessageState(recording, delivery)),
    ),
  };
}

/** All records of a group. */
export function allOf({ reports, notes, recordings }: GroupRecords): readonly Standing[] {
  return [...reports, ...notes, ...recordings];
}

function byArrival(a: PackedDelivery, b: PackedDelivery): number {
  const [first, second] = [a.read.delivery, b.read.delivery];
  return first.receivedAt - second.receivedAt || (first.id < second.id ? -1 : 1);
}

/** The last record of each call among those of one message in a delivery. A bare one counts only if there is no other. */
function lastOfEach<Read extends ReadMessage<MessageKind, Identified>>(records: readonly Read[]): Read[] {
  const last = new Map<string, Read>();
  for (const read of records) {
    const { callId } = read.record;
    const before = last.get(callId);
    if (before === undefined || !isBare(read) || isBare(before)) last.set(callId, read);
  }
  return [...last.values()];
}
