import { Injectable, NotFoundException } from '@nestjs/common';
import { FIELD_NAMES, TELEPHONE_NUMBERS } from '../../call/call-record.js';
import { Settings } from '../../config/settings.js';
import { decodeCursor, decodeIdCursor, encodeCursor, LAST_ID } from '../../http/parameters/cursor.js';
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { isoOf } from '../../persistence/sql/value-parsers.js';
import { parseExact, stringifyExact } from '../../json/exact-numbers.js';
import { DEFAULT_LIMIT, type Page, pageOf, type PageQuery } from '../../http/parameters/page.js';
import { withCallNumbers } from '../../security/masking/answer-mask.js';
import { type Principal, seesNumbers } from '../../security/principal.js';
import { isStorable } from '../storable.js';
import { filterOf } from './call-filter.js';
import { CALL_FIELDS } from './call-fields.js';
import type { CallTexts } from './call-texts.js';
import { writeEntries } from './call-writer.js';
import type { CallQuery } from './call-query.dto.js';
import type { CallContent, CallDto, CallRevisionDto, FieldChange } from './call.dto.js';
import { type CallPosition, CallRepository, type RevisionRow } from './call.repository.js';

const NO_SUCH_CALL = 'There is no call with this callId';

@Injectable()
export class CallsService {
  constructor(
    private readonly settings: Settings,
    private readonly calls: CallRepository,
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
    const form = { fields, isMasked: !seesNumbers(asker) };
    const { texts, withNumbers } = await writeEntries(
      data,
      form,
      (call) => call,
      (_call, json) => json ?? '',
    );
    const text = `{"data":[${texts.join(',')}],"page":${JSON.stringify(page)}}`;
    return { answer: new WrittenAnswer(text, 'application/json', withNumbers), nextCursor: page.nextCursor };
  }

  /** @throws NotFoundException */
  async find(callId: string, asker: Principal): Promise<CallDto> {
    const call = isStorable(callId) ? await this.calls.find(callId, asker) : undefined;
    if (call === undefined) throw new NotFoundException(NO_SUCH_CALL);
    return call;
  }

  /**
   * Returns every content of a call, newest first.
   *
   * @throws NotFoundException
   */
  async history(callId: string, query: PageQuery, asker: Principal): Promise<Page<CallRevisionDto>> {
    const { limit = DEFAULT_LIMIT, cursor } = query;
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'history');
    const found = isStorable(callId) ? await this.calls.history(callId, asker, before, limit + 1) : undefined;
    if (found === undefined) throw new NotFoundException(NO_SUCH_CALL);
    const contents = found.past.map(pastContent);
    // If the page ends early, everything after its last content belongs to the next page.
    const after = found.endsEarly ? (found.past.at(-1)?.delivery_id ?? '') : '';
    const { deliveryId: present } = found.call;
    if (present < before && present > after) contents.push(presentContent(found.call));
    contents.sort((a, b) => (a.deliveryId < b.deliveryId ? 1 : -1));
    const older = found.replaced === undefined ? [] : [pastContent(found.replaced)];
    const all = [...contents, ...older];
    const numbers = all.flatMap(({ call }) => TELEPHONE_NUMBERS.map((name) => call[name]));
    const callee = [...new Set(numbers)];
    const revisions = withChanges(contents.slice(0, limit + 1), all).map((shown) =>
      withCallNumbers(shown, [{ callee }]),
    );
    const cursorOf = (last: CallRevisionDto) => encodeCursor('history', [last.deliveryId]);
    return pageOf(revisions, limit, cursorOf, found.endsEarly);
  }
}

type Content = Omit<CallRevisionDto, 'changes'>;

/** @param all the contents, including those that `contents` may have replaced */
function withChanges(contents: readonly Content[], all: readonly Content[]): CallRevisionDto[] {
  const byRevision = new Map(all.map((content) => [content.revision, content.call]));
  return contents.map(({ call, ...content }) => {
    const before = content.revision === null ? undefined : byRevision.get(content.revision - 1);
    return { ...content, changes: before === undefined ? null : changesBetween(before, call), call };
  });
}

function positionOf(cursor: string, kind: string): CallPosition {
  const [occurredAt, callId] = decodeCursor(cursor, kind, ['number', 'string']);
  return { occurredAt: Number(occurredAt), callId: String(callId) };
}

const [OCCURRED_AT, CALL_ID] = [CALL_FIELDS.indexOf('occurredAt'), CALL_FIELDS.indexOf('callId')];

function placeOf(call: CallTexts): [occurredAt: number, callId: string] {
  return [Date.parse(isoOf(call[OCCURRED_AT] ?? '')), call[CALL_ID] ?? ''];
}

function presentContent(present: CallDto): Content {
  const { revision, lastReceivedAt, firstReceivedAt, deliveryId, note, recording, ...call } = present;
  return { revision, current: true, receivedAt: lastReceivedAt, deliveryId, call };
}

function pastContent(row: RevisionRow): Content {
  const call = parseExact(row.content) as Omit<CallContent, 'provenance'> & { provenance?: string };
  // Contents that were stored before the vendor added a field do not have it. Those without provenance were pushed.
  const missing = FIELD_NAMES.filter((name) => !(name in call));
  const { provenance = 'pushed' } = call;
  return {
    revision: row.revision,
    current: false,
    receivedAt: row.received_at.toISOString(),
    deliveryId: row.delivery_id,
    call: Object.assign(call, Object.fromEntries(missing.map((name) => [name, null])), { provenance }),
  };
}

/** Returns the fields that differ between two contents, in the order of a call's fields. */
function changesBetween(before: CallContent, after: CallContent): FieldChange[] {
  const [old, current]: Readonly<Record<string, unknown>>[] = [{ ...before }, { ...after }];
  return CALL_FIELDS.map((field) => ({
    field,
    before: old?.[field] ?? null,
    after: current?.[field] ?? null,
  })).filter((change) => stringifyExact(change.before) !== stringifyExact(change.after));
}
