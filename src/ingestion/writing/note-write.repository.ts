import { Injectable } from '@nestjs/common';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import type { NoteState } from './call-state.js';
import { type NoteRow, NOTES } from './message-columns.js';
import { MessageWriteRepository } from './message-write.repository.js';

/** Writes `call_notes` and the history of notes. */
@Injectable()
export class NoteWriteRepository extends MessageWriteRepository<NoteState, NoteRow> {
  constructor(nodes: ClusterNodes) {
    super(nodes, NOTES);
  }
}
