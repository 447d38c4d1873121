// The list from which one came to a call: the way back to it, and to the calls before and behind in it.
import { forTab } from './kept.js';

const STORED = 'call-ledger.trail';

interface Trail {
  /** Of the list; begins with `#`. */
  readonly address: string;
  readonly ids: readonly string[];
}

export interface Neighbours {
  readonly address: string;
  readonly before: string | undefined;
  readonly behind: string | undefined;
  /** From 1. */
  readonly place: number;
  readonly of: number;
}

/** Notes the list in sight. */
export function leaveTrail(ids: readonly string[]): void {
  forTab.set(STORED, JSON.stringify({ address: location.hash, ids }));
}

/** Whoever signs in next came from nowhere. */
export function forgetTrail(): void {
  forTab.remove(STORED);
}

/** Undefined: one did not come from a list with this call. */
export function neighboursOf(id: string): Neighbours | undefined {
  const trail = read();
  const index = trail?.ids.indexOf(id) ?? -1;
  if (trail === undefined || index < 0) return undefined;
  const { address, ids } = trail;
  return { address, before: ids[index - 1], behind: ids[index + 1], place: index + 1, of: ids.length };
}

function read(): Trail | undefined {
  try {
    const kept: unknown = JSON.parse(forTab.get(STORED) ?? 'null');
    return isTrail(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

function isTrail(kept: unknown): kept is Trail {
  if (typeof kept !== 'object' || kept === null || !('address' in kept) || !('ids' in kept)) return false;
  return typeof kept.address === 'string' && Array.isArray(kept.ids);
}
