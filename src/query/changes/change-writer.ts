// Writes the changes of an answer as JSON, or as lines of JSON.
import { WrittenAnswer } from '../../http/answers/written-answer.js';
import { type CallForm, writeEntries } from '../calls/call-writer.js';
import type { Change } from './changed-calls.repository.js';

export const LINES = 'application/x-ndjson';

/** The end of a page. */
export interface ChangePageEnd {
  readonly nextCursor: string;
  readonly upToDate: boolean;
}

/** @param asLines whether each change is a line */
export async function writeChanges(
  changes: readonly Change[],
  { nextCursor, upToDate }: ChangePageEnd,
  form: CallForm,
  asLines: boolean,
): Promise<WrittenAnswer> {
  const { texts, withNumbers } = await writeEntries(changes, form, ({ call }) => call, changeText);
  const end = JSON.stringify(asLines ? { type: 'page', nextCursor, upToDate } : { nextCursor, upToDate });
  if (asLines) return new WrittenAnswer(`${[...texts, end].join('\n')}\n`, LINES, withNumbers);
  return new WrittenAnswer(`{"data":[${texts.join(',')}],${end.slice(1)}`, 'application/json', withNumbers);
}

function changeText({ callId }: Change, call: string | undefined): string {
  return call === undefined
    ? `{"type":"erased","callId":${JSON.stringify(callId)}}`
    : `{"type":"call","call":${call}}`;
}
