// Makes the request of what a webhook does not have yet.
import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { CALL_FIELDS, type CallField } from '../../query/calls/call-fields.js';
import { Utf8Text } from '../../json/utf8-text.js';
import { CallWriter, inTurns } from '../../query/calls/call-writer.js';
import type { Change } from '../../query/changes/changed-calls.repository.js';
import { encodePlace, type FeedPlace } from '../../query/changes/feed-place.js';
import { followedBy } from '../../query/changes/followed-calls.js';
import type { Viewer } from '../../security/visible-sources.js';
import type { ClaimedWebhook, StoredMessage } from './claim.repository.js';
import { FeedReader, type ReadChanges } from './feed-reader.js';
import { newestEvent } from './kinds.repository.js';

/** A request, ready to be signed. */
export interface Message extends StoredMessage {
  readonly body: string;
  /** How many of its calls show phone numbers. */
  readonly withNumbers: number;
}

/** What comes next for a webhook. */
export interface NextMessage {
  /** Undefined: nothing of what was read is wanted. */
  readonly message: Message | undefined;
  /** The cursor after what was read. */
  readonly next: FeedPlace;
  /** There is nothing more for now. */
  readonly upToDate: boolean;
}

interface Written {
  readonly text: string;
  readonly changes: number;
  readonly withNumbers: number;
}

@Injectable()
export class Messages {
  constructor(private readonly reader: FeedReader) {}

  /**
   * Reads what comes after a webhook's cursor.
   *
   * @param viewer what the webhook's creator may see
   */
  async next(webhook: ClaimedWebhook, viewer: Viewer): Promise<NextMessage> {
    const repeated = await this.repeated(webhook, viewer);
    if (repeated !== undefined) return { message: repeated, next: repeated.next, upToDate: false };
    const read = await this.read(webhook, viewer, webhook.maxChanges);
    const { next, upToDate } = read.page;
    const written = await this.write(webhook, read);
    if (written.changes === 0) return { message: undefined, next, upToDate };
    // In milliseconds, as in the database, so that a repeated request is the same to the byte.
    const stored = {
      id: uuidv7(),
      hash: hashOf(written.text),
      at: new Date(),
      changes: written.changes,
      next,
    };
    return { message: messageOf(stored, written), next, upToDate };
  }

  /**
   * The request that was tried before, if its changes still are what they were. What came after them since is left for
   * the next request. Its end stays valid: at places that were passed, changes can only become fewer.
   */
  private async repeated(webhook: ClaimedWebhook, viewer: Viewer): Promise<Message | undefined> {
    const { messageId, messageHash, messageAt, messageChanges, messagePosition, messageCallId } = webhook;
    if (messageId === null || messageHash === null || messageAt === null) return undefined;
    if (messageChanges === null || messagePosition === null || messageCallId === null) return undefined;
    const read = await this.read(webhook, viewer, webhook.maxChanges);
    const end = { position: messagePosition, callId: messageCallId };
    const changes = read.changes.filter((change) => !isBeyond(change, end));
    const written = await this.write(webhook, { ...read, changes });
    if (!hashOf(written.text).equals(messageHash)) return undefined;
    return messageOf(
      { id: messageId, hash: messageHash, at: messageAt, changes: messageChanges, next: end },
      written,
    );
  }

  private read(webhook: ClaimedWebhook, viewer: Viewer, limit: number): Promise<ReadChanges> {
    const followed = followedBy(viewer, webhook.filter, webhook.fields?.filter(isCallField));
    return this.reader.read(followed, placeOf(webhook), limit);
  }

  private async write(webhook: ClaimedWebhook, { changes, histories }: ReadChanges): Promise<Written> {
    const after = placeOf(webhook);
    const named = changes.flatMap((change) => {
      const event = eventOf(change, webhook, histories, after);
      return event === undefined ? [] : [{ ...change, event }];
    });
    const fields = webhook.fields?.filter(isCallField);
    const writer = new CallWriter({ fields, isMasked: webhook.numbers !== 'full' });
    const out = new Utf8Text();
    await inTurns(named, ({ event, callId, call }, index) => {
      out.add(`${index === 0 ? '' : ','}{"event":"${event}","callId":${JSON.stringify(callId)}`);
      if (call !== undefined) {
        out.add(',"call":');
        writer.write(call, out);
      }
      out.addAscii('}');
    });
    return { text: out.toString(), changes: named.length, withNumbers: writer.withNumbers };
  }
}

/** @returns undefined if the webhook does not want the change */
function eventOf(
  { callId, call }: Change,
  { events }: ClaimedWebhook,
  histories: ReadChanges['histories'],
  after: FeedPlace,
): string | undefined {
  if (call === undefined) return 'call.erased';
  const history = histories.get(callId);
  // It was erased since the page was read, which comes next.
  if (history === undefined) return 'call.corrected';
  return newestEvent(callId, history, after, events);
}

function placeOf({ position, callId }: Pick<ClaimedWebhook, 'position' | 'callId'>): FeedPlace {
  return { position, callId };
}

function isBeyond({ position, callId }: FeedPlace, end: FeedPlace): boolean {
  if (position !== end.position) return position > end.position;
  return Buffer.compare(Buffer.from(callId), Buffer.from(end.callId)) > 0;
}

function messageOf(stored: StoredMessage, { text, withNumbers }: Written): Message {
  const data = `{"changes":[${text}],"cursor":${JSON.stringify(encodePlace(stored.next))}}`;
  const body = `{"type":"calls.changed","timestamp":"${stored.at.toISOString()}","data":${data}}`;
  return { ...stored, body, withNumbers };
}

function hashOf(changes: string): Buffer {
  return hash('sha256', changes, 'buffer');
}

function isCallField(name: string): name is CallField {
  return CALL_FIELDS.some((field) => field === name);
}
