import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { deserialize } from 'node:v8';
import { Settings } from '../../config/settings.js';
import { ZonedTime } from '../../time/zoned-time.js';
import { MOST_BYTES_INLINE, TaskEndedError, Workers } from '../../workers/workers.js';
import { validateBody } from './body-validator.js';
import type { Delivery, Reject } from '../delivery.js';
import { UnreadableBodyError } from './body-reader.js';
import { PoisonGuard } from '../journal/poison-guard.js';
import { type ReadCall, type ReadNote, type ReadRecording, RecordReader } from './record-reader.js';
import { type ReadDelivery, type ReadRecords, recordsOfBody } from './records-of-body.js';
import { check, type PackedRecords, read, type Refused } from './tasks.js';

/** How often one body is tried. The machine may have been busy the first time. */
const MOST_TRIES = 2;

/**
 * Reads the messages and rejects of a delivery. Large bodies are read on another thread, so that they do not block the
 * main one.
 */
@Injectable()
export class DeliveryReader {
  private readonly records: RecordReader;
  private readonly zone: string;

  constructor(
    { pushTimeZone }: Settings,
    private readonly workers: Workers,
    private readonly poison: PoisonGuard,
  ) {
    this.zone = pushTimeZone;
    this.records = new RecordReader(new ZonedTime(pushTimeZone));
  }

  /**
   * @throws UnreadableBodyError when the body contains no records, or when reading it took too much time or memory
   * @throws ThreadLostError when no thread could read a large body
   */
  async read(delivery: Delivery): Promise<ReadDelivery> {
    const { body } = delivery;
    if (body.length <= MOST_BYTES_INLINE)
      return { delivery, ...recordsOfBody(body, this.records, delivery.expects) };
    const packed = await this.elsewhere(delivery, () =>
      this.workers.run(read, { body, zone: this.zone, expected: delivery.expects }, shareOf(delivery)),
    );
    return { delivery, ...(await unpack(packed)) };
  }

  /**
   * Checks whether the body contains records, which must be known before a push is answered.
   *
   * @throws UnreadableBodyError or ThreadLostError, as {@link read} does
   */
  async check(delivery: Delivery): Promise<void> {
    const { body } = delivery;
    if (body.length <= MOST_BYTES_INLINE) {
      validateBody(body);
      return;
    }
    await this.elsewhere(delivery, () => this.workers.run(check, { body }, shareOf(delivery)));
  }

  private async elsewhere<T>(
    delivery: Delivery,
    work: () => Promise<T | Refused>,
  ): Promise<Exclude<T, Refused>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const result = await this.poison.read(delivery.sha256, work);
        if (isRefused(result)) throw new UnreadableBodyError(result.refusal.reason, result.refusal.place);
        return result as Exclude<T, Refused>;
      } catch (error) {
        if (!(error instanceof TaskEndedError)) throw error;
        if (attempt === MOST_TRIES || !error.mayPass)
          throw new UnreadableBodyError(`Reading the body ${error.message} and was stopped`, '');
      }
    }
  }
}

/**
 * The share of the threads to which a delivery belongs. Pushes and the drainer have separate shares, so a push does not
 * wait for what the drainer reads from the same source.
 */
function shareOf({ via, source }: Delivery): string {
  return `${via} ${source}`;
}

function isRefused(result: unknown): result is Refused {
  return typeof result === 'object' && result !== null && 'refusal' in result;
}

/** Unpacks one piece after another, so that other work gets its turn in between. */
async function unpack({ calls, notes, recordings, rejects, ...rest }: PackedRecords): Promise<ReadRecords> {
  const unpacked = (deserialize(rejects) as Reject[]).map((reject) => ({
    ...reject,
    raw: Buffer.from(reject.raw),
  }));
  return {
    ...rest,
    calls: await unpackEach<ReadCall>(calls),
    notes: await unpackEach<ReadNote>(notes),
    recordings: await unpackEach<ReadRecording>(recordings),
    rejects: unpacked,
  };
}

async function unpackEach<Message>(pieces: readonly Uint8Array[]): Promise<Message[]> {
  const messages: Message[] = [];
  for (const piece of pieces) {
    for (const message of deserialize(piece) as Message[]) messages.push(message);
    await nextTurn();
  }
  return messages;
}
