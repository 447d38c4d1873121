import type { CallStates } from '../pushing/call-states.js';
import type { CallFactory } from '../records/call-factory.js';
import { differences, type Difference } from './content-check.js';
import type { JsonObject } from './ledger-api.js';

const MOST_REMEMBERED = 100;

/** Compares the ledger's rows with what was sent, and records the result in the call states. */
export class CallCheck {
  /** The differences of some wrong rows, which are shown as examples. */
  private readonly rowDifferences = new Map<number, readonly Difference[]>();
  private readonly unexpectedIds = new Set<string>();

  constructor(
    private readonly factory: CallFactory,
    private readonly states: CallStates,
  ) {}

  /** Ids of rows that belong to this run's tasks but were never sent. */
  get unexpected(): readonly string[] {
    return [...this.unexpectedIds];
  }

  /** Checks one row. Returns its call, or undefined for a row that was never sent. */
  check(row: JsonObject): number | undefined {
    const call = this.callOf(row);
    if (call === undefined) {
      this.unexpectedIds.add(
        typeof row.callId === 'string' ? row.callId : JSON.stringify(row.callId ?? null),
      );
      return undefined;
    }
    const versions = this.states.possibleVersions(call);
    const found = versions.map((version) => differences(row, this.factory.facts(call, version)));
    // A call that this run never sent was stored by an earlier run with the same seed.
    const right = versions.length === 0 || found.some((each) => each.length === 0);
    this.states.see(call, right);
    if (right) this.rowDifferences.delete(call);
    else if (this.rowDifferences.size < MOST_REMEMBERED) this.rowDifferences.set(call, found[0] ?? []);
    return call;
  }

  /** Returns the call of a row; undefined if this run has no such call. */
  callOf(row: JsonObject): number | undefined {
    const { callId } = row;
    const call = typeof callId === 'string' ? this.factory.ids.callOf(callId) : undefined;
    if (call === undefined || call >= this.states.calls) return undefined;
    return this.factory.callIdOf(call) === callId ? call : undefined;
  }

  /** Whether the call was acknowledged and is missing, or is stored but not as it was sent. */
  isProblem(call: number): boolean {
    return this.states.isSeen(call) ? !this.states.isRight(call) : this.states.isAcknowledged(call);
  }

  differencesOf(call: number): readonly Difference[] {
    return this.rowDifferences.get(call) ?? [];
  }
}
