// A question about calls in, its answer out.
import { Injectable, NotFoundException } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { decodeCursor, encodeCursor } from '../../http/cursor.js';
import { parseExact } from '../../http/exact-json.js';
import { instantOf } from '../../http/instant-text.js';
import { type Page, pageOf } from '../../http/page.js';
import { DEFAULT_LIMIT, type PageQuery } from '../../http/page.dto.js';
import { isStorable } from '../storable.js';
import type { CallQuery } from './call-query.dto.js';
import { callDto } from './call-row.js';
import type { CallContent, CallDto, CallRevisionDto } from './call.dto.js';
import { type CallFilter, type CallPosition, CallRepository } from './call.repository.js';

@Injectable()
export class CallsService {
  constructor(
    private readonly settings: Settings,
    private readonly calls: CallRepository,
  ) {}

  /** @throws InvalidParametersException */
  async list(query: CallQuery): Promise<Page<CallDto>> {
    const { order = 'desc', limit = DEFAULT_LIMIT } = query;
    const kind = `calls ${order}`;
    const after = query.cursor === undefined ? undefined : positionOf(query.cursor, kind);
    const rows = await this.calls.list(this.filterOf(query), order, after, limit + 1);
    return pageOf(rows.map(callDto), limit, (last) =>
      encodeCursor(kind, [Date.parse(last.occurredAt), last.callId]),
    );
  }

  /** @throws NotFoundException */
  async find(callId: string): Promise<CallDto> {
    const row = isStorable(callId) ? await this.calls.find(callId) : undefined;
    if (row === undefined) throw new NotFoundException('There is no call with this callId');
    return callDto(row);
  }

  /**
   * Every content of a call, the newest first.
   *
   * @throws NotFoundException
   */
  async history(callId: string, query: PageQuery): Promise<Page<CallRevisionDto>> {
    const current = await this.find(callId);
    const past = await this.calls.pastContents(callId);
    const { revision, lastReceivedAt, firstReceivedAt, deliveryId, ...call } = current;
    const contents: CallRevisionDto[] = [
      { revision, current: true, receivedAt: lastReceivedAt, deliveryId, call },
      ...past.map((row) => ({
        revision: row.revision,
        current: false,
        receivedAt: row.received_at.toISOString(),
        deliveryId: row.delivery_id,
        call: parseExact(row.content) as CallContent,
      })),
    ].sort((a, b) => (arrivalOf(a) < arrivalOf(b) ? 1 : -1));
    const { limit = DEFAULT_LIMIT, cursor } = query;
    const after = cursor === undefined ? undefined : String(decodeCursor(cursor, 'history', ['string'])[0]);
    const rest = contents.filter((content) => after === undefined || arrivalOf(content) < after);
    return pageOf(rest, limit, (last) => encodeCursor('history', [arrivalOf(last)]));
  }

  private filterOf(query: CallQuery): CallFilter {
    const zone = query.timeZone ?? this.settings.pushTimeZone;
    const time = (text: string | undefined) => (text === undefined ? undefined : instantOf(text, zone));
    const times = {
      from: time(query.from),
      to: time(query.to),
      receivedFrom: time(query.receivedFrom),
      receivedTo: time(query.receivedTo),
    };
    return { ...query, ...times };
  }
}

function positionOf(cursor: string, kind: string): CallPosition {
  const [occurredAt, callId] = decodeCursor(cursor, kind, ['number', 'string']);
  return { occurredAt: Number(occurredAt), callId: String(callId) };
}

/** The order of contents: deliveries' ids decide within a millisecond. */
function arrivalOf(content: CallRevisionDto): string {
  return `${content.receivedAt} ${content.deliveryId}`;
}
