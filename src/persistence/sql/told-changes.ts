import type { Statement } from '../connections/statement.js';
import { orderedId } from './ids.js';

/** What changes calls without a push: an erasure, or what became of recordings. */
export type ToldBy = 'erasure' | 'recording';

const TELL = {
  name: 'tell-changes',
  text: `INSERT INTO deliveries (position, id, received_at, bytes, records, stored, corrected, duplicate, quarantined, ack_ms,
      source, via, sha256)
    VALUES (next_delivery_position(), $1, to_timestamp($2 / 1000.0), 0, 0, 0, 0, 0, 0, 0, $3, $3, '')`,
};

/** A delivery without records, which makes the feed tell calls that changed without a push. */
export class ToldChanges {
  private readonly now = Date.now();
  /** What the calls name as their place in the feed. */
  readonly id = orderedId(this.now);

  constructor(private readonly by: ToldBy) {}

  /** Inserts the delivery. From then to the commit, nobody else can draw a position. */
  get insert(): Statement {
    return { ...TELL, values: [this.id, this.now, this.by] };
  }
}
