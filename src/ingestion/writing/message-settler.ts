import type { QueryResultRow } from 'pg';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { MessageState, Standing } from './call-state.js';
import type { MessageWriteRepository } from './message-write.repository.js';
import { hasSameReceipts, isDuplicate, renew, settle, type Settlement } from './settlement.js';

/** The effect of the records of one message on its rows. */
export interface SettledMessages<State> extends Pick<Settlement<State>, 'replaced'> {
  readonly inserted: readonly State[];
  /** How many records with new content for a known row each delivery brought, by its id. */
  readonly corrected: ReadonlyMap<string, number>;
  /** The rows whose content came again. */
  readonly renewed: readonly Standing[];
}

/** Updates the rows of one message with the records of some deliveries, by the rules of `settlement.ts`. */
export class MessageSettler<State extends MessageState, Row extends QueryResultRow> {
  constructor(private readonly rows: MessageWriteRepository<State, Row>) {}

  /**
   * Inserts new rows and settles known ones.
   *
   * @param states the records of all deliveries, oldest first; each call at most once for each delivery
   * @throws CallVanishedError when a known row is deleted meanwhile
   */
  async settle(transaction: Transaction, states: readonly State[]): Promise<SettledMessages<State>> {
    if (states.length === 0) return { inserted: [], replaced: [], corrected: new Map(), renewed: [] };
    const firsts = new Map<string, State>();
    for (const state of states) if (!firsts.has(state.callId)) firsts.set(state.callId, state);
    const ids = await this.rows.insertNew(transaction, [...firsts.values()].sort(byCallId));
    const inserted = [...firsts.values()].filter(({ callId }) => ids.has(callId));
    const isInserted = new Set(inserted);
    const known = states.filter((state) => !isInserted.has(state));
    if (known.length === 0) return { inserted, replaced: [], corrected: new Map(), renewed: [] };
    return { inserted, ...(await this.settleKnown(transaction, known)) };
  }

  private async settleKnown(
    transaction: Transaction,
    known: readonly State[],
  ): Promise<Omit<SettledMessages<State>, 'inserted'>> {
    await this.rows.lock(transaction, callIds(known));
    // This is read after the lock, to see what another writer committed while this one waited.
    const standings = await this.rows.standings(transaction, callIds(known));
    const isChanged = new Set(callIds(known.filter((state) => isOther(standings.get(state.callId), state))));
    const changed = known.filter(({ callId }) => isChanged.has(callId));
    const duplicates = known.filter(({ callId }) => !isChanged.has(callId));
    const { replaced, renewed, past, outcomes } = await this.settleChanged(transaction, changed);
    await this.rows.insertPast(transaction, past);
    await this.rows.replace(
      transaction,
      replaced.map(({ after }) => after),
    );
    const again = [...renewed, ...renewedBy(standings, duplicates)];
    await this.rows.renew(transaction, again);
    const corrected = changed.filter((_state, index) => outcomes[index] === 'corrected');
    return { replaced, corrected: countByDelivery(corrected), renewed: again };
  }

  private async settleChanged(
    transaction: Transaction,
    changed: readonly State[],
  ): Promise<Settlement<State>> {
    if (changed.length === 0) return { replaced: [], renewed: [], past: [], outcomes: [] };
    return settle(await this.rows.states(transaction, callIds(changed)), changed);
  }
}

/** How many of the records each delivery brought, by its id. */
export function countByDelivery(states: readonly Standing[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { deliveryId } of states) counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
}

function isOther(standing: Standing | undefined, state: Standing): boolean {
  return standing === undefined || !isDuplicate(standing, state);
}

/** The rows whose receipts change because of duplicates. */
function renewedBy(standings: ReadonlyMap<string, Standing>, duplicates: readonly Standing[]): Standing[] {
  const renewed = new Map<string, Standing>();
  for (const duplicate of duplicates) {
    const row = renewed.get(duplicate.callId) ?? standings.get(duplicate.callId);
    if (row !== undefined) renewed.set(duplicate.callId, renew(row, duplicate));
  }
  return [...renewed.values()].filter((row) => {
    const before = standings.get(row.callId);
    return before !== undefined && !hasSameReceipts(before, row);
  });
}

/** The order in which every writer inserts rows. */
function byCallId(a: Standing, b: Standing): number {
  return a.callId < b.callId ? -1 : 1;
}

function callIds(states: readonly Standing[]): string[] {
  return states.map(({ callId }) => callId);
}
