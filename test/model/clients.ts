// What clients and people do to the ledger, one thing at a time: each is done, noted, and told to the reference.
import { expect } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { ErasureDto } from '../../src/privacy/erasure/erasure.dto.js';
import type { Dice } from '../fuzz/dice.js';
import { until } from '../support/service.js';
import type { Entry, Push } from './bookkeeping.js';
import type { Json } from './expected.js';
import type { Model } from './model.js';
import { NUMBERS, plantedRecord } from './operations.js';
import { holds } from './reference.js';
import type { Notes } from './notes.js';
import type { Settlement } from './settlement.js';
import type { LedgerProcess, Stage } from './stage.js';

const PLANT = `INSERT INTO quarantine (id, delivery_id, received_at, source, status, place, reason, raw, records)
  VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, 'open', '/0', 'The record could not be read', $5, 1)`;

/** Entries whose bodies are likely to come again. */
const MOST_RECENT = 8;

interface Refused {
  readonly body: string;
  readonly source: string;
  readonly process: LedgerProcess;
}

export class Clients {
  private refused: Refused[] = [];
  private texts = 0;

  constructor(
    private readonly stage: Stage,
    private readonly model: Model,
    private readonly settlement: Settlement,
    private readonly notes: Notes,
    private readonly only: string | undefined,
  ) {}

  /** @returns whether it was acknowledged; if not, its process was killed */
  async push(process: LedgerProcess, push: Push): Promise<boolean> {
    if (this.only !== undefined && push.records.length === 0) {
      this.notes.begin('push', 'of other calls', [])('left out');
      return true;
    }
    const note = this.notes.begin('push', `${process.name} <- ${push.source}`, push.records);
    const answer = await process.push(push.source, push.body);
    note(answer === undefined ? 'no answer' : (answer.headers.get('x-delivery-id') ?? ''));
    if (answer === undefined) this.settlement.mayExpect(push);
    else {
      expect({ status: answer.status, text: answer.text }).toEqual({
        status: 200,
        text: '{"code":0,"msg":"Success"}',
      });
      this.settlement.expect(answer.headers.get('x-delivery-id') ?? '', push, process);
    }
    return answer !== undefined;
  }

  /** As the vendor does: what was not acknowledged is pushed again, elsewhere. */
  async pushUntilTaken(push: Push, first: LedgerProcess): Promise<void> {
    if (await this.push(first, push)) return;
    const other = this.stage.processes.find((process) => process !== first && process.isAlive);
    if (other === undefined) throw new Error('no process is alive');
    expect(await this.push(other, push)).toBe(true);
  }

  /**
   * Pushes what is no JSON. Where it is not written at once, it is a text that nobody has pushed or will push again:
   * else it would matter when it was discarded.
   */
  async refuse(dice: Dice, process: LedgerProcess, isQuiet: boolean): Promise<void> {
    const text = isQuiet ? `no JSON ${dice.below(2)}` : `no JSON, held ${(this.texts += 1)}`;
    const source = dice.pick(['vendor', 'other']);
    const note = this.notes.begin('refused push', `${process.name} <- ${source} ${text}`, []);
    const answer = await process.push(source, text);
    expect(answer?.status).toBe(400);
    note('400');
    this.refused.push({ body: text, source, process });
    if (isQuiet) await until('the journal to be empty', async () => (await process.journalEntries()) === 0);
  }

  /** Waits for the refused bodies that can be in the quarantine. */
  async settleRefused(reader: LedgerProcess): Promise<void> {
    const isHeld = ({ process }: Refused) => !process.writes;
    for (const { body, source } of this.refused.filter((one) => !isHeld(one))) {
      await until(`${body} to be kept`, async () =>
        (await this.entries(reader)).some(({ raw }) => raw === body),
      );
      this.model.books.refuse(body, source);
    }
    this.refused = this.refused.filter(isHeld);
  }

  async discard(dice: Dice, reader: LedgerProcess): Promise<void> {
    const open = this.model.books.entries.filter(({ status }) => status === 'open');
    if (open.length === 0) return;
    const entry = dice.pick(open.slice(-MOST_RECENT));
    const note = this.notes.begin('discard', entry.raw, []);
    const answer = await reader.post(`/v1/quarantine/${await this.idOf(reader, entry)}/discard`);
    expect(answer.status).toBe(200);
    note(entry.delivery ?? '');
    this.model.books.change(entry, { status: 'discarded' });
  }

  /** Puts an entry into the quarantine as a version did that could not read its record. */
  async plant(dice: Dice): Promise<void> {
    const { raw, ...record } = plantedRecord(dice);
    if (![undefined, record.callId].includes(this.only)) return;
    const receivedAt = Date.now();
    const [id, delivery] = [uuidv7({ msecs: receivedAt }), uuidv7({ msecs: receivedAt })];
    const { source } = record.content;
    this.notes.begin('plant', source, [record])(delivery);
    await this.stage.query(PLANT, [id, delivery, receivedAt, source, Buffer.from(raw)]);
    this.model.planted.set(id, { record, delivery });
    this.model.books.keep({ delivery, place: '/0', raw, source, status: 'open' });
  }

  /** Replays one entry: one that can be read by now, or one that still can not. */
  async replay(dice: Dice, reader: LedgerProcess): Promise<void> {
    const open = this.model.books.entries.filter(({ status }) => status === 'open');
    const records = new Map(
      [...this.model.planted.values()].map(({ delivery, record }) => [delivery, record]),
    );
    const readable = open.filter(({ delivery }) => records.has(delivery ?? ''));
    const among = dice.chance(0.85) ? readable : open;
    if (among.length === 0) return;
    const entry = dice.pick(among);
    const record = records.get(entry.delivery ?? '');
    const note = this.notes.begin('replay', entry.source, record === undefined ? [] : [record]);
    const { body } = await reader.post('/v1/quarantine/replay', { ids: [await this.idOf(reader, entry)] });
    note(entry.delivery ?? '');
    const isReadable = readable.includes(entry);
    expect(body).toMatchObject({ replayed: isReadable ? 1 : 0, unreadable: isReadable ? 0 : 1 });
  }

  /** Erases a number, and waits for it. */
  async erase(dice: Dice, reader: LedgerProcess): Promise<void> {
    const number = dice.pick(NUMBERS);
    if (!this.isErasable(number)) return;
    const note = this.notes.begin('erasure', number);
    const { body } = await reader.post('/v1/erasures', { number, reason: 'asked for by the person' });
    const { id } = body as { id: string };
    const job = async () => (await reader.get(`/v1/erasures/${id}`)).body as ErasureDto;
    await until('the erasure to be done', async () => (await job()).status === 'done');
    const { requestedAt } = await job();
    note(requestedAt);
    this.model.erase({ number, requestedAt: Date.parse(requestedAt) });
  }

  /**
   * What is written late with the number is erased anew, at some moment between other late writes of the same call.
   * Nobody could say what must become of it.
   */
  private isErasable(number: string): boolean {
    const { held } = this.settlement;
    const times = (callId: string) =>
      held.filter(({ records }) => records.some((record) => record.callId === callId)).length;
    const isClear = ({ records }: Push) =>
      records.every(({ callId, content }) => !holds(content, number) || times(callId) === 1);
    return held.every(isClear) && !this.settlement.isUnansweredWith(number);
  }

  private async idOf(reader: LedgerProcess, { delivery, place, raw }: Entry): Promise<string> {
    const found = (await this.entries(reader)).find((entry) =>
      delivery === null
        ? entry['records'] === null && entry['raw'] === raw
        : entry['deliveryId'] === delivery && entry['place'] === place,
    );
    return String(found?.['id']);
  }

  private async entries(reader: LedgerProcess): Promise<readonly Json[]> {
    return ((await reader.get('/v1/quarantine?limit=1000')).body as { data: Json[] }).data;
  }
}
