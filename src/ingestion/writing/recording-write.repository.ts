import { Injectable } from '@nestjs/common';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import type { RecordingState } from './call-state.js';
import { type RecordingRow, RECORDINGS } from './message-columns.js';
import { MessageWriteRepository } from './message-write.repository.js';

/** Writes `call_recordings` and the history of recordings. */
@Injectable()
export class RecordingWriteRepository extends MessageWriteRepository<RecordingState, RecordingRow> {
  constructor(nodes: ClusterNodes) {
    super(nodes, RECORDINGS);
  }
}
