import { setImmediate as nextTurn } from 'node:timers/promises';
import { textOf } from '../../numbers/erased-body.js';
import { eachCore } from '../../numbers/number-search.js';
import { hasherOf } from '../../numbers/number-secrets.js';
import { bufferOf } from '../../workers/received.js';
import type { Workers } from '../../workers/workers.js';
import type { Delivery, Refusal } from '../delivery.js';

/** An erasure, with the secret for its hash. */
export interface RequestedErasure {
  readonly id: string;
  readonly number_hash: Buffer;
  readonly requested_at: Date;
  readonly secret: Buffer;
}

/** How many numbers are remembered as compared already. Most numbers occur more than once. */
const MOST_REMEMBERED = 100_000;

/** A search for numbers in one delivery, by their hashes. */
interface LateSearch {
  readonly body: Uint8Array;
  readonly refusal: Refusal | undefined;
  /** The secret with which the hashes were made. */
  readonly secret: Uint8Array;
  readonly hashes: readonly string[];
}

/** Some deliveries must be searched for numbers before they can be written. */
export class UnexaminedError extends Error {
  constructor(
    readonly deliveries: readonly Delivery[],
    readonly erasures: readonly RequestedErasure[],
  ) {
    super('some deliveries were received before an erasure and have not been searched for its number');
  }
}

/**
 * Finds erased numbers in deliveries that were received before the erasure, and remembers them. Searching a large body
 * takes a second. Inside of the transaction, that would delay the commits of all others. So the search runs before, on
 * another thread, and the transaction only checks its result.
 */
export class LateNumbers {
  /** By delivery and by erasure: the number, or undefined if the delivery does not contain it. */
  private readonly found = new Map<string, Map<string, string | undefined>>();

  constructor(private readonly workers: Workers) {}

  /** Whether a delivery was searched for all erasures that were requested after it was received. */
  isExamined(delivery: Delivery, erasures: readonly RequestedErasure[]): boolean {
    return laterThan(delivery, erasures).every(({ id }) => this.found.get(delivery.id)?.has(id) === true);
  }

  /** The number of an erasure, if the delivery was received before and contains it. */
  coreIn(delivery: Delivery, erasure: RequestedErasure): string | undefined {
    return this.found.get(delivery.id)?.get(erasure.id);
  }

  /** Searches the deliveries of an {@link UnexaminedError}. */
  async examine({ deliveries, erasures }: UnexaminedError): Promise<void> {
    for (const delivery of deliveries) {
      const asked = laterThan(delivery, erasures);
      const cores = await this.coresByHash(delivery, asked);
      const found = asked.map(({ id, number_hash }) => [id, cores.get(number_hash.toString('hex'))] as const);
      this.found.set(delivery.id, new Map(found));
    }
  }

  private async coresByHash(
    { body, refusal, source }: Delivery,
    asked: readonly RequestedErasure[],
  ): Promise<ReadonlyMap<string, string>> {
    const [first] = asked;
    if (first === undefined) return new Map();
    const hashes = asked.map(({ number_hash }) => number_hash.toString('hex'));
    const search = { body, refusal, secret: first.secret, hashes };
    return this.workers.runSurely(lateCores, search, body.length, `late ${source}`);
  }
}

function laterThan({ receivedAt }: Delivery, erasures: readonly RequestedErasure[]): RequestedErasure[] {
  return erasures.filter(({ requested_at }) => requested_at.getTime() >= receivedAt);
}

/**
 * Searches a body, and the reason for its refusal, for numbers with these hashes. Returns the numbers by hash, in
 * hexadecimal.
 */
export async function lateCores({
  body,
  refusal,
  secret,
  hashes,
}: LateSearch): Promise<ReadonlyMap<string, string>> {
  const cores = new Map<string, string>();
  const wanted = new Set(hashes);
  const hashOf = hasherOf(Buffer.from(secret));
  const seen = new Set<string>();
  const look = (core: string) => {
    if (seen.has(core)) return;
    if (seen.size >= MOST_REMEMBERED) seen.clear();
    seen.add(core);
    const hash = hashOf(core).toString('hex');
    if (wanted.has(hash)) cores.set(hash, core);
  };
  for (const text of [textOf(bufferOf(body)), JSON.stringify(refusal ?? null)]) {
    const looking = eachCore(text, look);
    while (looking.next().done !== true) await nextTurn();
  }
  return cores;
}
