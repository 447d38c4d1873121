import { Injectable, NotFoundException } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { Settings } from '../../config/settings.js';
import { decodeCursor, encodeCursor, LAST_ID } from '../../http/parameters/cursor.js';
import { Utf8Text } from '../../json/utf8-text.js';
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { isoOf } from '../../persistence/sql/value-parsers.js';
import { DEFAULT_LIMIT, type Page, pageOf, type PageQuery } from '../../http/parameters/page.js';
import { type Principal, seesNumbers } from '../../security/principal.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { isStorable } from '../storable.js';
import { Labels, LabelsService } from '../labels/labels.service.js';
import { CALL_FIELDS } from './call-fields.js';
import { filterOf } from './call-filter.js';
import { hasNames, idsOf, UP_TO_IDS } from './call-names.js';
import { callReader, type CallRecordText } from './call-texts.js';
import { CallWriter, inTurns } from './call-writer.js';
import type { CallQuery } from './call-query.dto.js';
import { historyOf } from './call-history.js';
import type { CallRevisionDto } from './call-revision.dto.js';
import { type CallPosition, CallRepository, type HistoryPlace } from './call.repository.js';

const NO_SUCH_CALL = 'There is no call with this callId';

@Injectable()
export class CallsService {
  constructor(
    private readonly settings: Settings,
    private readonly calls: CallRepository,
    private readonly labels: LabelsService,
  ) {}

  /** @throws InvalidParametersException */
  async list(
    query: CallQuery,
    asker: Principal,
  ): Promise<{ readonly answer: WrittenAnswer; readonly nextCursor: string | null }> {
    const { order = 'desc', limit = DEFAULT_LIMIT, fields } = query;
    const kind = `calls ${order}`;
    const after = query.cursor === undefined ? undefined : positionOf(query.cursor, kind);
    const filter = filterOf(query, this.settings.pushTimeZone, asker);
    const { calls, endsEarly } = await this.calls.list(filter, asker, order, after, {
      limit: limit + 1,
      fields,
    });
    const { data, page } = pageOf(calls, limit, (last) => encodeCursor(kind, placeOf(last)), endsEarly);
    const labels = await this.labels.of(hasNames(fields) ? campaignsOf(data) : []);
    const writer = new CallWriter({ fields, isMasked: !seesNumbers(asker), labels });
    const out = new Utf8Text();
    out.add('{"data":[');
    await inTurns(data, (call, index) => {
      if (index > 0) out.add(',');
      writer.write(call, out);
    });
    out.add(`],"page":${JSON.stringify(page)}}`);
    const answer = new WrittenAnswer(out.toString(), 'application/json', writer.withNumbers);
    return { answer, nextCursor: page.nextCursor };
  }

  /** @throws NotFoundException */
  async find(callId: string, asker: Principal): Promise<WrittenAnswer> {
    const found = isStorable(callId) ? await this.calls.find(callId, asker) : undefined;
    if (found === undefined) throw new NotFoundException(NO_SUCH_CALL);
    const { call, labels } = found;
    const writer = new CallWriter({
      fields: undefined,
      isMasked: !seesNumbers(asker),
      labels: labels === undefined ? await this.labels.of(campaignsOf([call])) : new Labels(labels),
    });
    const out = new Utf8Text();
    writer.write(call, out);
    return new WrittenAnswer(out.toString(), 'application/json', writer.withNumbers);
  }

  /**
   * Returns every content of a call, its note and its recording, newest first.
   *
   * @throws NotFoundException
   */
  async history(callId: string, query: PageQuery, asker: Principal): Promise<Page<CallRevisionDto>> {
    const { limit = DEFAULT_LIMIT, cursor } = query;
    const before = cursor === undefined ? NEWEST : historyPlaceOf(cursor);
    const found = isStorable(callId) ? await this.calls.history(callId, asker, before, limit + 1) : undefined;
    if (found === undefined) throw new NotFoundException(NO_SUCH_CALL);
    const contents = historyOf(found, before);
    const cursorOf = ({ deliveryId, message }: CallRevisionDto) =>
      encodeCursor('history', [deliveryId, message]);
    return pageOf(contents.slice(0, limit + 1), limit, cursorOf, found.endsEarly);
  }
}

/** The place after every content. */
const NEWEST: HistoryPlace = { deliveryId: LAST_ID, message: '' };

function historyPlaceOf(cursor: string): HistoryPlace {
  const [deliveryId, message] = decodeCursor(cursor, 'history', ['string', 'string']);
  const place = { deliveryId: String(deliveryId), message: String(message) };
  if (isUuid(place.deliveryId)) return place;
  throw new InvalidParametersException([{ path: 'cursor', message: 'is not a cursor of this list' }]);
}

function positionOf(cursor: string, kind: string): CallPosition {
  const [occurredAt, callId] = decodeCursor(cursor, kind, ['number', 'string']);
  return { occurredAt: Number(occurredAt), callId: String(callId) };
}

const [OCCURRED_AT, CALL_ID] = [CALL_FIELDS.indexOf('occurredAt'), CALL_FIELDS.indexOf('callId')];

function placeOf(call: CallRecordText): [occurredAt: number, callId: string] {
  const reader = callReader();
  reader.read(call, Math.max(OCCURRED_AT, CALL_ID) + 1);
  return [Date.parse(isoOf(reader.text(OCCURRED_AT) ?? '')), reader.text(CALL_ID) ?? ''];
}

/** The tasks and batches of calls. They stand among the first values, so little of a large call is read. */
function campaignsOf(calls: readonly CallRecordText[]): ReturnType<typeof idsOf>[] {
  const reader = callReader();
  return calls.map((call) => {
    reader.read(call, UP_TO_IDS);
    return idsOf(reader);
  });
}
