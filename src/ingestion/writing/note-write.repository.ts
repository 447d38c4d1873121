import { Injectable } from '@nestjs/common';
import type { Reader } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import type { NoteState } from './call-state.js';
import { type NoteRow, NOTES } from './message-columns.js';
import { MessageWriteRepository } from './message-write.repository.js';

const INTENTS = {
  name: 'intents-of-calls',
  text: `SELECT call_id, major_intent FROM call_notes WHERE call_id = ANY($1) AND major_intent IS NOT NULL`,
};

/** Writes `call_notes` and the history of notes. */
@Injectable()
export class NoteWriteRepository extends MessageWriteRepository<NoteState, NoteRow> {
  constructor(nodes: ClusterNodes) {
    super(nodes, NOTES);
  }

  /** The intents of the calls whose note has one, by callId. */
  async intents(reader: Reader, callIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { rows } = await reader.query<{ call_id: string; major_intent: string }>({
      ...INTENTS,
      values: [callIds],
    });
    return new Map(rows.map((row) => [row.call_id, row.major_intent]));
  }
}
