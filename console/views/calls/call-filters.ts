// The filters of the address in, those of the API out: they have the same names.
import type { paths } from '../../generated/api.js';
import type { TextName } from '../../i18n/i18n.js';
import type { Query } from '../../state/route.js';
import { between, othersOf } from '../../time/between.js';

export type CallQuery = NonNullable<paths['/v1/calls']['get']['parameters']['query']>;

interface Titled {
  readonly title: TextName;
}

/** A filter by the name of the API's parameter, with the kind of that: each value is what the API takes. */
export type Filter = Titled &
  (
    | { readonly name: ListName; readonly kind: 'text' | 'result' }
    | { readonly name: 'calleeEndsWith'; readonly kind: 'digits' }
    | { readonly name: 'tag'; readonly kind: 'tag' }
    | { readonly name: 'recordingState'; readonly kind: 'recording' }
    | { readonly name: 'minDuration' | 'maxDuration'; readonly kind: 'number' }
    | {
        readonly name: 'answered' | 'hasWarnings' | 'hasNote' | 'hasRecording';
        readonly kind: 'yes-no';
      }
  );

type ListName =
  | 'smartStatusCode'
  | 'callee'
  | 'taskId'
  | 'batchId'
  | 'detailId'
  | 'outId'
  | 'callId'
  | 'caller'
  | 'realCaller'
  | 'statusCode'
  | 'hangupDirection'
  | 'majorIntent'
  | 'source';

export const FILTERS: readonly Filter[] = [
  { name: 'smartStatusCode', title: 'field.smartStatusCode', kind: 'result' },
  { name: 'answered', title: 'field.answered', kind: 'yes-no' },
  { name: 'majorIntent', title: 'field.majorIntent', kind: 'text' },
  { name: 'tag', title: 'field.tag', kind: 'tag' },
  { name: 'callee', title: 'field.callee', kind: 'text' },
  { name: 'calleeEndsWith', title: 'field.calleeEndsWith', kind: 'digits' },
  { name: 'taskId', title: 'field.taskId', kind: 'text' },
  { name: 'batchId', title: 'field.batchId', kind: 'text' },
  { name: 'detailId', title: 'field.detailId', kind: 'text' },
  { name: 'outId', title: 'field.outId', kind: 'text' },
  { name: 'callId', title: 'field.callId', kind: 'text' },
  { name: 'caller', title: 'field.caller', kind: 'text' },
  { name: 'realCaller', title: 'field.realCaller', kind: 'text' },
  { name: 'statusCode', title: 'field.statusCode', kind: 'text' },
  { name: 'hangupDirection', title: 'field.hangupDirection', kind: 'text' },
  { name: 'minDuration', title: 'field.minDuration', kind: 'number' },
  { name: 'maxDuration', title: 'field.maxDuration', kind: 'number' },
  { name: 'recordingState', title: 'field.recordingState', kind: 'recording' },
  { name: 'hasRecording', title: 'field.hasRecording', kind: 'yes-no' },
  { name: 'hasNote', title: 'field.hasNote', kind: 'yes-no' },
  { name: 'hasWarnings', title: 'field.hasWarnings', kind: 'yes-no' },
  { name: 'source', title: 'field.source', kind: 'text' },
];

/** What is asked of the API, of whichever page: the filters as they stand in the address, and the range of time. */
export function selectionOf(query: Query): CallQuery {
  const { cursor: _cursor, ...others } = othersOf(query);
  return { ...between(query), ...others };
}

/** By commas, as the API reads it; what it does not hold is the API's to say. */
export function listIn(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}
