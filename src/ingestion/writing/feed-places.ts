import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { Standing } from './call-state.js';
import { CallWriteRepository } from './call-write.repository.js';
import type { SettledConversations } from './conversation-settler.js';

type Placed = Pick<Standing, 'callId' | 'deliveryId'>;

/** The rows that records gave a content. */
interface Written {
  readonly inserted: readonly Placed[];
  readonly replaced: readonly { readonly after: Placed }[];
}

/** Moves calls to the end of the feed when their note or their recording gets another content. */
@Injectable()
export class FeedPlaces {
  constructor(private readonly calls: CallWriteRepository) {}

  /**
   * Moves the calls of notes and recordings. A report's delivery is the call's place already.
   *
   * @param deliveries the ids of the deliveries, in the order of their positions
   * @param reports the calls that this transaction wrote
   * @param said the notes and recordings that it wrote
   * @returns the calls that have no report yet
   */
  async move(
    transaction: Transaction,
    deliveries: readonly string[],
    reports: Written,
    { notes, recordings, again }: SettledConversations,
  ): Promise<ReadonlySet<string>> {
    const announced = again.callIds.map((callId) => ({ callId, deliveryId: again.told.id }));
    // Their delivery is inserted last.
    const written = [...rowsOf(notes), ...rowsOf(recordings), ...announced];
    const orderOf = new Map([...deliveries, again.told.id].map((id, index) => [id, index]));
    const isNewer = (id: string, than: string | undefined) =>
      than === undefined || (orderOf.get(id) ?? 0) > (orderOf.get(than) ?? 0);
    const reported = new Map(rowsOf(reports).map(({ callId, deliveryId }) => [callId, deliveryId]));
    const moved = new Map<string, string>();
    for (const { callId, deliveryId } of written) {
      const place = moved.get(callId) ?? reported.get(callId);
      if (isNewer(deliveryId, place)) moved.set(callId, deliveryId);
    }
    if (moved.size === 0) return NONE;
    const found = await this.calls.moveInFeed(transaction, moved);
    return new Set([...moved.keys()].filter((callId) => !found.has(callId)));
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The newest content of each row. A row can be new and replaced in one transaction. */
function rowsOf({ inserted, replaced }: Written): readonly Placed[] {
  return [...inserted, ...replaced.map(({ after }) => after)];
}
