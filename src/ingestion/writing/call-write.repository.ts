import { Injectable } from '@nestjs/common';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { type CallRow, CALLS } from './call-columns.js';
import type { CallState } from './call-state.js';
import { MessageWriteRepository } from './message-write.repository.js';

/** Writes `calls` and `call_revisions`. */
@Injectable()
export class CallWriteRepository extends MessageWriteRepository<CallState, CallRow> {
  constructor(nodes: ClusterNodes) {
    super(nodes, CALLS);
  }
}
