// Which calls a reader of the feed follows, and the SQL that chooses them.
import { isOfSources, type Viewer } from '../../security/visible-sources.js';
import type { CallField } from '../calls/call-fields.js';

/** Filters of the feed. Undefined: any. */
export interface FeedFilter {
  readonly source?: readonly string[] | undefined;
  readonly taskId?: readonly string[] | undefined;
  readonly batchId?: readonly string[] | undefined;
  readonly smartStatusCode?: readonly string[] | undefined;
  readonly answered?: boolean | undefined;
  readonly majorIntent?: readonly string[] | undefined;
}

/** Which calls to follow. Null: any. */
export interface FollowedCalls {
  readonly sources: readonly string[] | null;
  readonly taskIds: readonly string[] | null;
  readonly batchIds: readonly string[] | null;
  readonly smartStatusCodes: readonly string[] | null;
  readonly answered: boolean | null;
  readonly majorIntents: readonly string[] | null;
  /** The fields to read; undefined: all. */
  readonly fields: readonly CallField[] | undefined;
}

/**
 * The calls that fit a filter and that the viewer may see.
 *
 * @param fields the fields to read; undefined: all
 */
export function followedBy(
  { sources }: Viewer,
  filter: FeedFilter,
  fields: readonly CallField[] | undefined,
): FollowedCalls {
  const asked = filter.source ?? sources;
  const visible = sources === null || asked === null ? asked : asked.filter((name) => sources.includes(name));
  return {
    sources: visible,
    taskIds: filter.taskId ?? null,
    batchIds: filter.batchId ?? null,
    smartStatusCodes: filter.smartStatusCode ?? null,
    answered: filter.answered ?? null,
    majorIntents: filter.majorIntent ?? null,
    fields,
  };
}

/** The parameters of {@link IS_FOLLOWED} and {@link IS_OR_WAS_FOLLOWED}, from $6 on. */
export function followedParameters(followed: FollowedCalls): unknown[] {
  return [
    followed.sources,
    followed.taskIds,
    followed.batchIds,
    followed.smartStatusCodes,
    followed.answered,
    followed.majorIntents,
  ];
}

/** @param call the value of a column of text in a call; null never fits */
const isAmong = (parameter: string, call: string) =>
  `(${parameter}::text[] IS NULL OR ${call} = ANY(${parameter}::text[]))`;

const HAS_INTENT = `($11::text[] IS NULL OR EXISTS (
  SELECT 1 FROM call_notes AS note WHERE note.call_id = calls.call_id AND note.major_intent = ANY($11::text[])))`;
const IS_REPORTED = `(${[
  isOfSources('$6', 'calls.source'),
  isAmong('$7', 'calls.task_id'),
  isAmong('$8', 'calls.batch_id'),
  isAmong('$9', 'calls.smart_status_code'),
  '($10::boolean IS NULL OR calls.answered = $10::boolean)',
].join(' AND ')})`;
/** SQL: whether a row of `calls` is one of the followed calls as it is now. */
export const IS_FOLLOWED = `(${IS_REPORTED} AND ${HAS_INTENT})`;

// A content that was erased has kept its source alone, so it may have been any of the others.
const orErased = (condition: string) => `(NOT past.content ? 'callId' OR ${condition})`;
const ofPast = (parameter: string, field: string) =>
  orErased(isAmong(parameter, `past.content->>'${field}'`));
const WAS_REPORTED = `(calls.revision > 1 AND EXISTS (
  SELECT 1 FROM call_revisions AS past WHERE past.call_id = calls.call_id AND ${[
    isOfSources('$6', "past.content->>'source'"),
    ofPast('$7', 'taskId'),
    ofPast('$8', 'batchId'),
    ofPast('$9', 'smartStatusCode'),
    orErased("($10::boolean IS NULL OR past.content->'answered' = to_jsonb($10::boolean))"),
  ].join(' AND ')}))`;
const HAD_INTENT = `EXISTS (SELECT 1 FROM message_revisions AS past
  WHERE past.call_id = calls.call_id AND past.message = 'note' AND ${orErased(
    "past.content->>'majorIntent' = ANY($11::text[])",
  )})`;

/**
 * SQL: whether a row of `calls` is one of the followed calls, or may have been. Only corrections change what the
 * conditions are about. All is checked on the node that has the call, its note, and the earlier contents of both.
 */
export const IS_OR_WAS_FOLLOWED = `((${IS_REPORTED} OR ${WAS_REPORTED}) AND (${HAS_INTENT} OR ${HAD_INTENT}))`;
